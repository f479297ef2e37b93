import Model

extension HTMLReport {
    // MARK: - Roofline

    func addRoofline(to html: inout Markup) {
        section("roofline", "Roofline", in: &html) { html in
            guard let roofline = Roofline(record) else {
                html.element(
                    "p", [:],
                    "Not drawn: it needs a measured peak, a measured memory bandwidth and an "
                        + "operator in the same run.")
                return
            }
            html.element("p", ["class": "explain"], explanation(roofline))
            addLegend(roofline, to: &html)
            html.group("figure") { html in
                for (suffix, size) in Self.sizes(wide: Size(width: 1190, height: 560)) {
                    let height = suffix == "narrow" ? 460 : size.height
                    html.group("div", ["class": suffix]) { html in
                        RooflineChart(
                            roofline: roofline, id: "roofline-\(suffix)",
                            size: Size(width: size.width, height: height), series: series
                        ).draw(in: &html)
                    }
                }
            }
            addKey(roofline, to: &html)
        }
    }

    private func explanation(_ roofline: Roofline) -> String {
        var text =
            "Level lines: the most operations per second that this run measured for each element "
            + "type. Slanted lines: the most bytes per second that it measured at each level of "
            + "memory. An operator cannot pass the line above it; which line that is says what "
            + "bounds it. " + Words.bytesBasis + " Hollow marks are qualified values."
        if (roofline.roofs + roofline.slopes).contains(where: \.isDeclared) {
            text += " Dashed lines are declared by the vendor, not measured."
        }
        if roofline.omitted > 0 {
            text += " \(Words.count(roofline.omitted, "invalid result")) not drawn."
        }
        return text
    }

    private func addLegend(_ roofline: Roofline, to html: inout Markup) {
        let present = backends.enumerated().filter { index, _ in
            roofline.marks.contains { series($0.record) == index }
        }
        html.group("ul", ["class": "legend"]) { html in
            for (index, name) in present {
                html.group("li") { html in
                    html.group(
                        "svg",
                        [
                            "class": "swatch s\(index)", "viewBox": "0 0 14 14",
                            "aria-hidden": "true",
                        ]
                    ) { svg in
                        Marker.of(series: index).draw(
                            in: &svg, "", at: Position(x: 7, y: 7), radius: 4.6, title: nil)
                    }
                    html.words(name)
                }
            }
        }
    }

    private func addKey(_ roofline: Roofline, to html: inout Markup) {
        html.element("h3", [:], "Ceilings")
        html.group("ul", ["class": "key"]) { html in
            for (letter, text) in roofline.legend {
                html.group("li") { html in
                    html.element("b", [:], letter)
                    html.words(" " + text)
                }
            }
        }
        html.element("h3", [:], "Operators")
        html.group("ol", ["class": "key"]) { html in
            for entry in roofline.key {
                html.group("li") { html in
                    html.element("b", [:], "\(entry.number)")
                    html.words(" \(entry.point.label) ")
                    html.element(
                        "small", [:],
                        "\(fixed(entry.intensity, entry.intensity < 1 ? 3 : 1)) FLOP/B")
                }
            }
        }
    }
}
