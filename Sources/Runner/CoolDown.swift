import Model

/// Waits for the machine to cool down after it throttled itself (measurement method, section 9).
struct CoolDown {
    /// The warmest part of the machine in degrees Celsius; nil: nothing can be read.
    let temperature: () -> Double?
    let wait: (Nanoseconds) -> Void
    /// As it was when the run began.
    private let atStart: Double?

    /// How far above its start the temperature may be.
    static let marginCelsius = 3.0
    static let timeMax = Nanoseconds.seconds(300)
    /// Where there is no temperature to wait for.
    static let timeBlind = Nanoseconds.seconds(60)
    static let step = Nanoseconds.seconds(5)

    init(temperature: @escaping () -> Double?, wait: @escaping (Nanoseconds) -> Void) {
        self.temperature = temperature
        self.wait = wait
        atStart = temperature()
    }

    /// Returns when the machine is as cool as at the start, or the time for it is over.
    func run() {
        guard let atStart, temperature() != nil else { return wait(Self.timeBlind) }
        var waited = Nanoseconds.zero
        while waited < Self.timeMax, let now = temperature(), now > atStart + Self.marginCelsius {
            wait(Self.step)
            waited = waited + Self.step
        }
    }
}
