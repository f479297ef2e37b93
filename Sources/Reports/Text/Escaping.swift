/// Text for element bodies and attribute values of HTML and SVG.
///
/// Control characters that XML forbids become U+FFFD: names come from plug-ins.
package func escaped(_ text: String) -> String {
    var result = ""
    result.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
        switch scalar {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "\"": result += "&quot;"
        case "'": result += "&#39;"
        case "\t", "\n", "\r": result.unicodeScalars.append(scalar)
        default:
            let isForbidden =
                isControl(scalar) || scalar.value == 0xFFFE || scalar.value == 0xFFFF
            result.unicodeScalars.append(isForbidden ? "\u{FFFD}" : scalar)
        }
    }
    return result
}

/// Text for one line of a terminal: nothing in it can move the cursor or change colours.
package func oneLine(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
        if scalar == "\t" || scalar == "\n" || scalar == "\r" {
            result += " "
        } else {
            result.unicodeScalars.append(
                isControl(scalar) || isDirectional(scalar) ? "\u{FFFD}" : scalar)
        }
    }
    return result
}

private func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
}

/// Characters that reverse the reading order of what follows them on the line.
private func isDirectional(_ scalar: Unicode.Scalar) -> Bool {
    (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
}
