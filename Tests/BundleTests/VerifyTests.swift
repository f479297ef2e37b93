import Model
import TestSupport
import Testing

@testable import Bundle

@Suite struct VerifyTests {
    private let scratch: ScratchDirectory
    private let bundle: String

    init() throws {
        scratch = try ScratchDirectory()
        bundle = try SampleBundle.sealed(in: scratch("results"))
    }

    private func findings() throws -> [String] { try BundleReader(bundle).verify() }

    @Test func `A sealed bundle is what it claims`() throws {
        #expect(try findings() == [])
        #expect(try BundleReader(bundle).isSealed)
        #expect(try BundleReader(bundle).record().run.id == SampleBundle.environment.runID)
    }

    @Test func `The manifest is one that sha256sum accepts`() throws {
        let result = try Program.run(
            "sha256sum", ["--check", "--strict", "--quiet", "manifest.sha256"], directory: bundle)
        #expect(result.exitCode == 0, "\(result.stdout)\(result.stderr)")
    }

    @Test func `A flipped bit in any file is found and the file is named`() throws {
        let files = Files.allFiles(below: bundle).filter { $0 != "manifest.sha256" }
        #expect(files.count == 9)
        for file in files {
            let path = bundle + "/" + file
            let bytes = try PackageFiles.bytes(path)
            var changed = bytes
            changed[bytes.count / 2] ^= 0x10
            try PackageFiles.write(changed, to: path)
            #expect(try findings() == ["\(path): was changed after sealing"])
            try PackageFiles.write(bytes, to: path)
        }
        #expect(try findings() == [])
    }

    @Test func `A truncated file is found`() throws {
        let path = bundle + "/launches.jsonl"
        try PackageFiles.write(try PackageFiles.bytes(path).dropLast(), to: path)
        #expect(try findings() == ["\(path): was changed after sealing"])
    }

    @Test func `A file that is missing and one that was added are found`() throws {
        let gone = bundle + "/" + (try #require(Files.allFiles(below: bundle).last))
        #expect(try Program.run("rm", [gone]).exitCode == 0)
        try PackageFiles.write("{}", to: bundle + "/extra.json")
        try PackageFiles.write("x", to: bundle + "/samples/stray")
        #expect(
            Set(try findings()) == [
                "\(gone): is missing", "\(bundle)/extra.json: was added after sealing",
                "\(bundle)/samples/stray: was added after sealing",
            ])
    }

    @Test func `Notes and pages may be added, because they are not sealed`() throws {
        try PackageFiles.write("{}", to: bundle + "/notes.json")
        try PackageFiles.write("<p>", to: bundle + "/report.html")
        #expect(try findings() == [])
    }

    @Test func `A bundle without its seal says so`() throws {
        #expect(try Program.run("rm", [bundle + "/manifest.sha256"]).exitCode == 0)
        #expect(
            try findings() == [
                "\(bundle): has no manifest.sha256: the run was not sealed or the seal was removed"
            ])
    }

    @Test(arguments: [
        "nonsense", "abc  plan.json", String(repeating: "0", count: 64) + " plan.json",
        String(repeating: "0", count: 64) + "  ../../etc/hostname",
        String(repeating: "0", count: 64) + "  /etc/hostname",
        String(repeating: "0", count: 64) + "  ",
    ])
    func `A manifest with a line that is none, or leads outside, is refused`(line: String) throws {
        let path = bundle + "/manifest.sha256"
        try PackageFiles.write(try PackageFiles.text(path) + line + "\n", to: path)
        #expect(try findings() == ["\(path): a line is not a digest and a path"])
    }

    @Test func `A manifest of nothing seals nothing`() throws {
        try PackageFiles.write("", to: bundle + "/manifest.sha256")
        #expect(try findings().count == 9)
    }

    /// Changes a file and seals the change in, as a forger would.
    private func reseal(_ file: String, _ change: (String) -> String) throws {
        let text = try PackageFiles.text(bundle + "/" + file)
        let changed = change(text)
        #expect(changed != text)
        try PackageFiles.write(changed, to: bundle + "/" + file)
        try PackageFiles.write(
            try BundleWriter.manifest(of: bundle), to: bundle + "/manifest.sha256")
    }

    @Test(arguments: [
        ("run.json", "\"points\" : [", "\"rank\" : 1, \"points\" : [", "unknown key 'rank'"),
        (
            "run.json", "\"metrics\" : [", "\"score\" : 2, \"metrics\" : [",
            "unknown key 'points[0].score'"
        ),
        (
            "run.json", "\"estimate\" : {", "\"estimate\" : { \"winner\" : true,",
            "unknown key 'points[0].metrics[0].estimate.winner'"
        ),
        ("plan.json", "\"cpus\" : [", "\"vendor\" : {}, \"cpus\" : [", "unknown key 'vendor'"),
        ("run.json", "\"schema\"", "\"scheme\"", "key 'schema' is missing"),
        (
            "run.json", "\"outcome\" : \"ok\"", "\"outcome\" : \"best\"",
            "Cannot initialize Outcome from invalid String value best at points.[0].outcome"
        ),
    ])
    func `A key that the schema does not have is refused even when it is sealed in`(
        file: String, old: String, new: String, detail: String
    ) throws {
        try reseal(file) { $0.replacingFirst(old, with: new) }
        let error = #expect(throws: BundleError.self) { try findings() }
        #expect(error?.detail == detail)
        #expect(error?.code == .malformed)
        #expect(error?.file == bundle + "/" + file)
    }

    @Test func `A metric with a value and a reason why it has none is found`() throws {
        try reseal("run.json") {
            $0.replacingFirst("\"kind\" :", with: "\"unavailable\" : \"no sensor\",\n\"kind\" :")
        }
        #expect(
            try findings() == [
                "\(bundle)/run.json: 'op/add types=f32' has a metric 'time' without exactly one of "
                    + "estimate and unavailable"
            ])
    }

    @Test func `A record of another plan and a plan with another point are found`() throws {
        try reseal("plan.json") { $0.replacingFirst("\"Add\"", with: "\"Sub\"") }
        #expect(
            try findings() == [
                "\(bundle)/run.json: was made from another plan",
                "\(bundle)/plan.json: 'op/add types=f32' does not have the hash it states",
            ])
    }

    @Test func `An outcome other than ok without a reason is found`() throws {
        try reseal("run.json") {
            $0.replacingFirst("\"outcome\" : \"ok\"", with: "\"outcome\" : \"error\"")
        }
        #expect(
            try findings() == [
                "\(bundle)/run.json: 'op/add types=f32' is error without a reason"
            ])
    }

    @Test func `What is no bundle is told apart from one that is damaged`() throws {
        try PackageFiles.write("x", to: scratch("file"))
        let cases = [
            (scratch("nowhere"), "does not exist; a bundle is a directory with plan.json"),
            (scratch("file"), "is a file; a bundle is a directory with plan.json"),
            (scratch.path, "has no plan.json, so it is not a bundle"),
        ]
        for (path, detail) in cases {
            let error = #expect(throws: BundleError.self) { try BundleReader(path) }
            #expect(error?.code == .notABundle)
            #expect(error?.detail == detail)
        }
    }

    @Test func `Pipes and loops of links neither block nor run for ever`() throws {
        #expect(try Program.run("mkfifo", [bundle + "/pipe"]).exitCode == 0)
        for name in ["a", "b", "c"] {
            #expect(try Program.run("ln", ["-s", ".", bundle + "/" + name]).exitCode == 0)
        }
        #expect(try findings().count == 4)
        #expect(try Program.run("rm", [bundle + "/plan.json"]).exitCode == 0)
        #expect(try Program.run("mkfifo", [bundle + "/plan.json"]).exitCode == 0)
        let error = #expect(throws: BundleError.self) { try findings() }
        #expect(error?.detail == "is not a regular file")
    }
}

extension String {
    fileprivate func replacingFirst(_ old: String, with new: String) -> String {
        guard let range = firstRange(of: old) else { return self }
        return String(self[..<range.lowerBound]) + new + String(self[range.upperBound...])
    }
}
