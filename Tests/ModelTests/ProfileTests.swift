import Model
import TestSupport
import Testing

@Suite struct ProfileTests {
    private static let columns: [ProfileID] = [.smoke, .trend, .nightly, .standard, .certify]

    /// What a row of the method's table says of a profile, written as the table writes it.
    private static let rows: [String: @Sendable (Profile) -> String] = [
        "launches": { "\($0.launches)" },
        "warmupSecondsMin": { number($0.warmupTimeMin.seconds) },
        "warmupSecondsMax": { number($0.warmupTimeMax.seconds) },
        "samplesMin": { "\($0.samplesMin)" },
        "samplesMax": { "\($0.samplesMax)" },
        "measureSecondsMin": { number($0.measureTimeMin.seconds) },
        "measureSecondsMax": { number($0.measureTimeMax.seconds) },
        "targetHalfWidthPercent": { $0.targetHalfWidth.map { number($0 * 100) } ?? "-" },
        "mayYieldVerdict": { $0.mayYieldVerdict ? "yes" : "no" },
    ]

    private static func number(_ value: Double) -> String {
        let rounded = (value * 1e6).rounded() / 1e6
        return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    }

    @Test func `The profiles are the table of the method, row by row`() throws {
        let rows = try Table.rows("measurement/profiles.tsv")
        #expect(Set(rows.map { $0[0] }) == Set(Self.rows.keys))
        for row in rows {
            let read = try #require(Self.rows[row[0]])
            let values = Self.columns.map { read(Profile.named($0)) }
            #expect(values == Array(row.dropFirst()), "\(row[0])")
        }
        #expect(Set(Self.columns) == Set(ProfileID.allCases))
        for id in ProfileID.allCases { #expect(Profile.named(id).id == id) }
    }

    @Test func `A limited profile never takes longer than its point may`() {
        for id in ProfileID.allCases {
            let profile = Profile.named(id)
            let limited = profile.limited(toPointTime: .seconds(0.4))
            let launches = Double(limited.launches)
            let longest =
                launches
                * (limited.warmupTimeMax.seconds + limited.measureTimeMax.seconds)
            #expect(longest <= 0.4)
            #expect(limited.warmupTimeMin <= limited.warmupTimeMax)
            #expect(limited.measureTimeMin <= limited.measureTimeMax)
            #expect(limited.launches == profile.launches)
        }
    }

    @Test func `A limit above what a profile takes changes nothing`() {
        for id in ProfileID.allCases {
            let profile = Profile.named(id)
            #expect(profile.limited(toPointTime: .seconds(1e6)) == profile)
        }
    }

    @Test func `Repeating takes so many samples however long they take`() {
        let profile = Profile.named(.nightly).repeating(1000)
        // And one more at the end.
        #expect(profile.samplesMin == 999 && profile.samplesMax == 999)
        #expect(profile.measureTimeMin == .zero && profile.measureTimeMax >= .seconds(3600))
        #expect(profile.targetHalfWidth == nil && profile.launches == 5)
    }

    @Test func `Sustaining goes on for so long, in about two thousand samples`() {
        let profile = Profile.named(.smoke).sustaining(.seconds(600))
        #expect(profile.measureTimeMin == .seconds(600) && profile.measureTimeMax == .seconds(600))
        #expect(profile.sampleTimeMin == .seconds(0.3) && profile.samplesMax >= 2000)
        #expect(profile.targetHalfWidth == nil && profile.launches == 1)
    }
}
