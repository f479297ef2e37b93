/// Reads what IPMI programs print, strictly: another layout is a failure, never a number.
enum ControllerOutput {
    /// Microwatts from `ipmitool dcmi power reading`.
    static func reading(_ text: String) -> Result<Int64, PowerError> {
        let rows = rows(text)
        if let state = rows["Power reading state is"], state != "activated" {
            return inactive("ipmitool", state)
        }
        return watts(rows["Instantaneous power reading"], unit: "Watts", of: "ipmitool", text)
    }

    /// Microwatts from `ipmi-dcmi --get-system-power-statistics`.
    static func statistics(_ text: String) -> Result<Int64, PowerError> {
        let rows = rows(text)
        if let state = rows["Power Measurement"], state != "Active" {
            return inactive("ipmi-dcmi", state)
        }
        return watts(rows["Current Power"], unit: "Watts", of: "ipmi-dcmi", text)
    }

    /// Microwatts from `ipmitool -c sdr get NAME`: `NAME,196,Watts,ok,…`.
    static func sensor(_ text: String, named name: String) -> Result<Int64, PowerError> {
        let lines = text.split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
        guard let fields = lines.first(where: { $0.first.map(String.init) == name }) else {
            return .failure(PowerError(.absent, "ipmitool knows no sensor \(quoted(name))"))
        }
        guard fields.count >= 4, fields[2] == "Watts" else {
            return .failure(PowerError(.garbage, "the sensor \(quoted(name)) is not in watts"))
        }
        guard fields[3] == "ok" else {
            return .failure(
                PowerError(.garbage, "the sensor \(quoted(name)) is \(quoted(fields[3]))"))
        }
        return microwatts(fields[1]) ?? garbage("ipmitool", text)
    }

    /// Lines `key : value`, without spaces at the ends; the first of a key counts.
    private static func rows(_ text: String) -> [String: String] {
        var rows: [String: String] = [:]
        for line in text.split(separator: "\n") {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let key = trimmed(line[..<colon])
            if rows[key] == nil { rows[key] = trimmed(line[line.index(after: colon)...]) }
        }
        return rows
    }

    private static func trimmed(_ text: Substring) -> String {
        var rest = text.drop { $0 == " " || $0 == "\t" }
        while let last = rest.last, last == " " || last == "\t" || last == "\r" {
            rest.removeLast()
        }
        return String(rest)
    }

    private static func watts(
        _ row: String?, unit: String, of program: String, _ text: String
    ) -> Result<Int64, PowerError> {
        let words = row?.split(separator: " ") ?? []
        guard words.count == 2, words[1] == unit, let result = microwatts(words[0]) else {
            return garbage(program, text)
        }
        return result
    }

    /// Nil: no number. DCMI holds whole watts in sixteen bits, sensors may have fractions.
    private static func microwatts(_ text: Substring) -> Result<Int64, PowerError>? {
        guard let value = Double(text), let raw = Int64(exactly: (value * 1e6).rounded()) else {
            return nil
        }
        return .success(raw)
    }

    private static func inactive(
        _ program: String, _ state: String
    ) -> Result<Int64, PowerError> {
        .failure(
            PowerError(
                .absent, "\(program): the controller's power measurement is \(quoted(state))")
        )
    }

    private static func garbage(_ program: String, _ text: String) -> Result<Int64, PowerError> {
        .failure(PowerError(.garbage, "\(program) printed no power: \(quoted(text))"))
    }
}
