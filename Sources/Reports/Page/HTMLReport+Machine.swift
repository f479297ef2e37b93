import Model

extension HTMLReport {
    // MARK: - Machine

    func addMachine(to html: inout Markup) {
        let machine = record.machine
        section("machine", "Machine", in: &html) { html in
            html.group("div", ["class": "columns"]) { html in
                html.group("div") { html in
                    list(
                        "facts",
                        [
                            ("Processor", known(machine.processor)),
                            ("Architecture", known(machine.architecture)),
                            ("Packages", "\(machine.packages)"),
                            ("Cores", "\(machine.cores), \(machine.threads) hardware threads"),
                            ("Given to the run", allowed),
                            (
                                "Memory",
                                "\(shown(machine.memory)), \(shown(machine.memoryAvailable)) free"
                            ),
                            ("NUMA nodes", nodes), ("Huge pages", known(machine.hugePages)),
                            ("Instruction sets", known(machine.isa.joined(separator: " "))),
                            ("Fingerprint", known(machine.fingerprint)),
                        ], in: &html)
                }
                html.group("div") { html in addCaches(to: &html) }
            }
            addFacts(to: &html)
            for note in machine.notes { html.element("p", ["class": "note"], note) }
        }
    }

    private func known(_ text: String) -> String { text.isEmpty ? "unknown" : text }

    private var allowed: String {
        let cpus = record.machine.allowedCPUs
        return "\(Words.count(cpus.count, "logical processor")): \(Self.ranges(cpus))"
    }

    private var nodes: String {
        guard !record.machine.nodes.isEmpty else { return "unknown" }
        return record.machine.nodes.map {
            "\($0.index): \(shown($0.bytes)), processors \(Self.ranges($0.cpus))"
        }.joined(separator: "; ")
    }

    /// Ascending numbers with runs shortened, such as `0–3, 8`.
    static func ranges(_ numbers: [Int]) -> String {
        var runs: [ClosedRange<Int>] = []
        for number in numbers {
            if let last = runs.last, last.upperBound + 1 == number {
                runs[runs.count - 1] = last.lowerBound...number
            } else {
                runs.append(number...number)
            }
        }
        return runs.map {
            $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)–\($0.upperBound)"
        }.joined(separator: ", ")
    }

    private func addCaches(to html: inout Markup) {
        guard !record.machine.caches.isEmpty else {
            html.element("p", [:], "Caches: unknown")
            return
        }
        let head = ["cache", "size", "line", "instances", "shared by"]
        table("plain", caption: "Caches", head: head, in: &html) { html in
            for cache in record.machine.caches {
                html.group("tr") { html in
                    html.element("th", ["scope": "row"], "L\(cache.level) \(cache.type)")
                    html.element("td", ["class": "num"], shown(cache.bytes))
                    html.element("td", ["class": "num"], "\(cache.lineBytes) B")
                    html.element("td", ["class": "num"], "\(cache.instances)")
                    html.element("td", ["class": "num"], "\(cache.sharedBy)")
                }
            }
        }
    }

    private func addFacts(to html: inout Markup) {
        let facts = record.machine.facts
        guard !facts.isEmpty else { return }
        let unknown = facts.filter { $0.value == nil }.map(\.name)
        if !unknown.isEmpty {
            html.element(
                "p", ["class": "unknown"], "Unknown: \(unknown.joined(separator: ", "))")
        }
        html.group("details") { html in
            html.element("summary", [:], "All \(facts.count) facts, and where they were read")
            let head = ["fact", "value", "source"]
            table("plain stacked", caption: "Facts", head: head, in: &html) { html in
                for fact in facts { addRow(fact, to: &html) }
            }
        }
    }

    private func addRow(_ fact: Fact, to html: inout Markup) {
        html.group("tr") { html in
            html.element("th", ["scope": "row"], fact.name)
            html.element(
                "td", ["class": fact.value == nil ? "unknown" : ""], fact.value ?? "unknown")
            html.element("td", ["class": "source"], fact.source)
        }
    }
}
