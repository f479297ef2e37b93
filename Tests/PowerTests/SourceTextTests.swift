import Model
import Testing

@testable import Power

@Suite struct SourceTextTests {
    @Test func `A text form is taken apart`() throws {
        let text = try SourceText(
            "scpi://meter.lab:5026?query=MEAS:POW?&accuracy=0.001&sensor=Pwr%20Consumption")
        #expect(text.scheme == "scpi")
        #expect(text.host == "meter.lab")
        #expect(text.port == 5026)
        #expect(text.path == "")
        #expect(
            text.options == [
                "query": "MEAS:POW?", "accuracy": "0.001", "sensor": "Pwr Consumption",
            ])
        let path = try SourceText("redfish://admin@[fe80::1]/redfish/v1/Chassis/1?netrc=/a/b")
        #expect(path.user == "admin")
        #expect(path.host == "fe80::1")
        #expect(path.port == nil)
        #expect(path.path == "/redfish/v1/Chassis/1")
        #expect(try SourceText("powercap").host == nil)
        #expect(try SourceText("powercap?accuracy=0.05").options == ["accuracy": "0.05"])
    }

    @Test(arguments: [
        ("", "does not begin with a kind of source"),
        ("4:", "does not begin with a kind of source"),
        ("scpi:meter", "'://' must follow 'scpi'"),
        ("scpi://", "names no host"),
        ("scpi://meter:", "no port number after its host"),
        ("scpi://meter:0", "no port number after its host"),
        ("scpi://meter:70000", "no port number after its host"),
        ("scpi://user:secret@meter", "a password must not stand in a source's name"),
        ("scpi://meter?period", "'period' is not 'key=value'"),
        ("scpi://meter?=1", "'=1' is not 'key=value'"),
        ("scpi://meter?a=1&a=2", "gives 'a' twice"),
        ("scpi://meter?a=%2", "'%' must precede two hex digits"),
        ("scpi://me ter", "has a character that must be escaped"),
        ("scpi://meter?colour=red", "no option 'colour'; there are query"),
        ("scpi://meter?period=-1", "'period' must be a number above 0"),
        ("scpi://meter?accuracy=nan", "'accuracy' must be a number above 0"),
        ("scpi://meter?accuracy=1", "'accuracy' is a share"),
        ("scpi://meter?calibrated=yesterday", "'calibrated' is a date"),
        ("scpi://meter?calibrated=2026-13-01", "'calibrated' is a date"),
        ("scpi://meter?domain=house", "'domain' is one of chip"),
        ("scpi://meter?energy=X?", "'energy' needs 'energy-unit'"),
        ("voltcraft://meter", "no source is called 'voltcraft'; there are powercap"),
        ("powercap://host", "'powercap' is of this machine and takes no host"),
        ("redfish", "names no host"),
        ("redfish://root@bmc", "user and password of Redfish stand in a file"),
        ("redfish://bmc?insecure=yes", "'insecure' is 0 or 1"),
        ("ipmi://bmc", "needs a user and 'password-file'"),
        ("ipmi://root@bmc?program=rm&password-file=x", "'program' is ipmitool or ipmi-dcmi"),
        ("ipmi://root@bmc?program=ipmi-dcmi&password-file=x", "reads only this machine's own"),
    ])
    func `A wrong text form is refused and says why`(text: String, reason: String) {
        // A user's mistake is an error of the command line, never a missing sensor.
        let found = #expect(throws: PowerError.self) {
            try PowerSources.open([text], environment: environment(tree: fixture("laptop")))
        }
        #expect(found?.code == .syntax)
        #expect(found?.detail.contains(reason) == true, "\(found?.detail ?? "")")
        #expect(found?.detail.contains("secret") != true)
    }

    @Test func `What a user declares replaces what is not known`() throws {
        var source = PowerSource(
            name: "a", adapter: "scpi", domain: .node, kind: .instantaneous, scale: 1e-6,
            origin: "a")
        source = try SourceText(
            "scpi://a?accuracy=0.001&calibrated=2026-05-01&domain=nodeAC&period=0.2&window=0.19"
                + "&offset=0.05&clock=0.01"
        ).declaring(source)
        #expect(source.accuracy == 0.001)
        #expect(source.accuracyBasis == "declared by the user")
        #expect(source.calibrationDate == "2026-05-01")
        #expect(source.domain == .nodeAC)
        #expect(source.updatePeriodSeconds == 0.2)
        #expect(source.averagingWindowSeconds == 0.19)
        #expect(source.kind == .averaging)
        #expect(source.clockOffsetSeconds == 0.05)
        #expect(source.clockUncertaintySeconds == 0.01)
    }
}
