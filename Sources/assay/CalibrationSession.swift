import ArgumentParser
import Judgement
import Model

/// One session of the machine's A/A calibration: the same plan every time, nothing changed.
struct CalibrationSession {
    func run() throws {
        let command = try RunCommand.parse(["calibration"])
        guard let (record, path) = try command.measure() else { return }
        guard let file = CalibrationStore.path(fingerprint: record.machine.fingerprint) else {
            throw CommandFailure(
                .wrongUse, "error: there is no place for the calibration; set HOME or XDG_DATA_HOME"
            )
        }
        let earlier = try CalibrationStore.load(file)
        let calibration: Calibration
        do throws(CalibrationError) {
            if let earlier {
                calibration = try earlier.adding(record)
            } else {
                calibration = try Calibration(record)
            }
        } catch {
            throw CommandFailure(
                .notValid, "error: this session does not count: \(error)",
                "it is in \(path); '\(file)' is as it was")
        }
        try CalibrationStore.save(calibration, to: file)
        Terminal.print("\nA/A calibration, session \(calibration.sessions.count), in \(file)")
        for noise in calibration.classes {
            let floor = (noise.floor * 1000).rounded() / 10
            Terminal.print(
                "  \(noise.noiseClass): floor \(floor) % from \(noise.pairs) pair(s) of sessions"
                    + (noise.isFit ? "" : "; too noisy for verdicts"))
        }
        if calibration.classes.isEmpty {
            Terminal.print("  nothing yet: it takes sessions of different boots or nights")
        }
    }
}
