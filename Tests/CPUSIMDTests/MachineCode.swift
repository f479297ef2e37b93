import Foundation

/// The innermost loops of a compiled function, as objdump shows them.
struct MachineCode {
    struct Instruction: Equatable {
        var name: String
        var operands: [String]

        /// What the instruction writes to, or adds to.
        var target: String { operands.last ?? "" }
        var readsMemory: Bool { operands.contains { $0.contains("(") } }
    }

    let function: String
    /// Each without the branch back and its counter.
    let loops: [[Instruction]]

    /// The functions of an object file, read by objdump.
    static func functions(ofObject path: String) throws -> [MachineCode] {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["objdump", "-d", "--no-show-raw-insn", path]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return functions(in: String(decoding: output, as: UTF8.self))
    }

    static func functions(in text: String) -> [MachineCode] {
        var found: [MachineCode] = []
        var name = ""
        var lines: [(address: String, instruction: Instruction)] = []
        func finish() {
            if !name.isEmpty { found.append(MachineCode(function: name, lines)) }
            lines = []
        }
        for line in text.split(separator: "\n") {
            if line.hasSuffix(">:"), let open = line.firstIndex(of: "<") {
                finish()
                name = String(line[line.index(after: open)...].dropLast(2))
                continue
            }
            let parts = line.split(separator: "\t")
            guard parts.count >= 2, parts[0].hasSuffix(":") else { continue }
            let words = parts[1...].joined(separator: " ").split(separator: " ")
                .filter { $0 != "{vex}" }
            guard let first = words.first else { continue }
            lines.append(
                (
                    parts[0].dropLast().trimmingCharacters(in: .whitespaces),
                    Instruction(
                        name: String(first), operands: operands(words.dropFirst().first ?? ""))
                ))
        }
        finish()
        return found
    }

    /// The operands, at commas outside parentheses.
    private static func operands(_ text: Substring) -> [String] {
        var result = [""]
        var depth = 0
        for character in text {
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            if character == ",", depth == 0 {
                result.append("")
            } else {
                result[result.count - 1].append(character)
            }
        }
        return result.filter { !$0.isEmpty }
    }

    private init(
        function: String, _ lines: [(address: String, instruction: Instruction)]
    ) {
        self.function = function
        var loops: [[Instruction]] = []
        for (end, line) in lines.enumerated() where line.instruction.name == "jne" {
            let start = lines.firstIndex { $0.address == line.instruction.operands.first }
            guard let start, start < end else { continue }
            var body = lines[start..<end].map(\.instruction)
            guard !body.contains(where: { $0.name.hasPrefix("j") }) else { continue }
            if ["dec", "sub", "add"].contains(body.last?.name) { body.removeLast() }
            loops.append(body)
        }
        self.loops = loops
    }
}

// MARK: - What a peak kernel must be

extension MachineCode {
    /// What is wrong with the loop of a peak kernel; empty where nothing is.
    ///
    /// `step` names the instructions of a step, the last of which adds to the accumulator; the loop
    /// must be that step and nothing else, `count` times, on each of `accumulators` in turn.
    func lies(step: [String], count: Int, accumulators: Int, operandInMemory: Bool = false)
        -> [String]
    {
        var found: [String] = []
        func steps(_ loop: [Instruction]) -> Int {
            loop.count { $0.name.hasPrefix(step[step.count - 1]) }
        }
        // Others add up the lanes.
        let loop = loops.max { steps($0) < steps($1) } ?? []
        // Copies between registers cost nothing on cores that rename them.
        let work = loop.filter { !["mov", "movdqa"].contains($0.name) || $0.readsMemory }
        for (position, instruction) in work.enumerated() {
            let wanted = step[position % step.count]
            guard instruction.name.hasPrefix(wanted) else {
                found.append("\(instruction.name) stands where \(wanted) should")
                break
            }
        }
        let targets = work.enumerated().filter { $0.offset % step.count == step.count - 1 }
            .map(\.element.target)
        if targets.count != count { found.append("\(targets.count) steps, not \(count)") }
        if Set(targets).count != accumulators {
            found.append("\(Set(targets).count) accumulators, not \(accumulators)")
        }
        if zip(targets, targets.dropFirst()).contains(where: { $0 == $1 }) {
            found.append("two dependent steps back to back")
        }
        if !operandInMemory, work.contains(where: \.readsMemory) { found.append("memory is read") }
        if work.contains(where: { $0.name.hasPrefix("add") && $0.operands[0].hasPrefix("$") }) {
            found.append("a number is added that a core can fold away")
        }
        return found
    }
}
