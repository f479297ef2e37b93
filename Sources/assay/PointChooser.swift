import Cases
import Model
import Planning

/// Turns the names on the command line into points with profiles.
struct PointChooser {
    let request: [String]
    let points: [AskedPoint]
    let budget: Nanoseconds?

    init(options: RunOptions, library: CaseLibrary) throws {
        request = options.names.isEmpty ? ["quick"] : options.names
        let requests: [PointRequest]
        do throws(CaseErrors) {
            let limits = try options.limits.map { text throws(CaseErrors) in
                try AxisLimit(parsing: text)
            }
            requests = try library.select(request, limits: limits)
        } catch {
            throw failure(error)
        }
        var points: [AskedPoint] = []
        for request in requests {
            let suite = request.suite
            let always = Self.profile(options.profile, suite?.alwaysProfile, suite?.pointBudget)
            let rotate = Self.profile(options.profile, suite?.rotateProfile, suite?.pointBudget)
            points += request.always.map { AskedPoint(point: $0, profile: always) }
            points += request.rotate.map {
                AskedPoint(point: $0, profile: rotate, rotates: true)
            }
        }
        self.points = points
        if let text = options.budget {
            budget = try Amount.duration(text, option: "--budget")
        } else {
            budget = requests.compactMap { $0.suite?.budget }.max()
        }
    }

    /// What was typed, else what the suite says, else nightly; squeezed to the suite's promise.
    private static func profile(
        _ typed: ProfileID?, _ suite: ProfileID?, _ pointBudget: Nanoseconds?
    ) -> Profile {
        if let typed { return .named(typed) }
        let profile = Profile.named(suite ?? .nightly)
        return pointBudget.map(profile.limited(toPointTime:)) ?? profile
    }
}
