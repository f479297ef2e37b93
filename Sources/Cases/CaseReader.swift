import Model

/// What became of one case file.
struct CaseOutcome: Sendable {
    /// The id where the file says one, even if the rest of it is wrong.
    var id: String?
    var idPlace: Place
    /// Nil when something is wrong, or it repeats another case.
    var value: Case?
    /// The points of another case that it repeats; nil for most.
    var repeated: RepeatedCase?
    var errors: [CaseError]
}

/// Reads one case file: checks its shape, then its meaning, then makes its points.
struct CaseReader {
    static let pointCountMax = 10_000

    private var context: WorkloadContext
    private let root: Node
    /// Whether the shape of the whole file is right, so that its parts need no look again.
    private let isShapeGood: Bool

    /// Reads a file's bytes; what is wrong with them stands in the outcome.
    static func read(
        _ bytes: [UInt8], file: String, catalogue: OperatorCatalogue
    ) -> CaseOutcome {
        var findings = Findings(file: file)
        guard let root = YAMLReader.read(bytes, &findings) else {
            return CaseOutcome(id: nil, idPlace: .start, value: nil, errors: findings.errors)
        }
        var checker = Checker(findings: findings)
        let isGood = checker.check(root, .map(CaseTable.root), key: "case")
        var reader = CaseReader(
            context: WorkloadContext(
                axes: AxisTable(), findings: checker.findings, catalogue: catalogue),
            root: root, isShapeGood: isGood)
        let idNode = root["id"]
        let id = idNode?.text.flatMap { TextFormat.id.accepts($0) ? $0 : nil }
        let kinds = RepeatedCase.Kind.allCases
        if let kind = kinds.first(where: { root["workload"]?[$0.rawValue] != nil }),
            let node = root["workload"]?[kind.rawValue]
        {
            var outcome = CaseOutcome(
                id: id, idPlace: idNode?.place ?? .start, errors: reader.context.findings.errors)
            outcome.repeated = RepeatedCase(
                kind, root, node, id: id, isGood: isGood, &reader.context.findings)
            outcome.errors = reader.context.findings.errors
            return outcome
        }
        let points = reader.points()
        var value: Case?
        if isGood, reader.context.findings.isEmpty, let id, let title = root["title"]?.text {
            value = Case(
                id: id, title: title, owner: root["owner"]?.text, file: file,
                points: points.map { point in
                    var point = point
                    point.caseID = id
                    return point
                })
        }
        return CaseOutcome(
            id: id, idPlace: idNode?.place ?? .start, value: value,
            errors: reader.context.findings.errors)
    }

    private init(context: WorkloadContext, root: Node, isShapeGood: Bool) {
        self.context = context
        self.root = root
        self.isShapeGood = isShapeGood
    }

    // MARK: - Meaning

    /// The settings of a point that are not part of its operation.
    private struct Settings {
        var data: Term?
        var cache: Term?
        var timing: Term?
        var threads: Term?
    }

    /// All points in order; empty when anything is wrong.
    ///
    /// Parts whose shape is wrong are left out, so that one fault does not make others.
    private mutating func points() -> [Point] {
        let faultCount = context.findings.errors.count
        guard isGood("axes", .map(CaseTable.axes)) else { return [] }
        if let axes = root["axes"] { context.axes.read(axes, &context.findings) }
        let isMeasureGood =
            isGood("measure", .map(CaseTable.measure))
            && isGood("data", .oneOrMany(.text(.dataPattern)))
        guard isMeasureGood else { return [] }
        addListAxes()
        let workloadKind = Kind.oneOf(
            CaseTable.workloads, unavailable: CaseTable.unavailableWorkloads)
        guard let node = root["workload"], isGood("workload", workloadKind) else { return [] }
        let workload = context.workload(node)
        let settings = settings(node)
        for name in root["closedDivision"]?["mayChange"]?.list ?? [] { checkMayChange(name) }
        guard let workload else { return [] }
        for axis in context.axes.axes where !axis.isUsed {
            context.findings.add(axis.place, "nothing uses the axis '\(axis.name)'")
        }
        guard context.findings.errors.count == faultCount else { return [] }
        return expand(workload, settings)
    }

    private func isGood(_ key: String, _ kind: Kind) -> Bool {
        guard !isShapeGood, let node = root[key] else { return true }
        var probe = Checker(findings: Findings(file: ""))
        return probe.check(node, kind, key: key)
    }

    /// Lists outside of `axes` are axes too, after the declared ones.
    private mutating func addListAxes() {
        let lists = [root.entry("data")].compactMap(\.self) + (root["measure"]?.map ?? [])
        for entry in lists {
            guard let values = entry.value.list else { continue }
            context.axes.add(entry.key, at: entry.keyPlace, values: values, &context.findings)
        }
    }

    private mutating func settings(_ workload: Node) -> Settings {
        let measure = root["measure"]
        let inside = workload["memory"]?.entry("threads") ?? workload.entry("threads")
        if let inside, measure?["threads"] != nil {
            context.findings.add(inside.keyPlace, "'threads' stands under 'measure' already")
        }
        return Settings(
            data: setting("data", root["data"], .format(.dataPattern)),
            cache: setting("cache", measure?["cache"], .word(CaseTable.cacheStates)),
            timing: setting("timing", measure?["timing"], .word(CaseTable.timingModes)),
            threads: setting(
                "threads", inside?.value ?? measure?["threads"], .format(.threadCount)))
    }

    /// A setting is given by the axis of its name, or by a word or a reference where it stands.
    private mutating func setting(
        _ name: String, _ node: Node?, _ requirement: AxisTable.Requirement
    ) -> Term? {
        do throws(Fault) {
            if let axis = context.axes.use(name) {
                let place = context.axes.axes[axis].place
                let reference = try context.axes.resolve(name, at: place, as: requirement)
                if let node, let text = node.text, text != "$" + name {
                    throw Fault(
                        node.place, "'\(name)' is an axis; it cannot also be \(quoted(text))")
                }
                return .reference(reference)
            }
            guard let node else { return nil }
            let term = try Term(node, as: requirement, axes: &context.axes)
            if case .literal(let text) = term, let scalar = node.scalar {
                guard requirement.accepts(AxisCell(scalar, at: node.place)) else {
                    throw Fault(node.place, "\(quoted(text)) is not \(requirement.expectation)")
                }
            }
            return term
        } catch {
            context.findings.add(error)
            return nil
        }
    }

    private mutating func checkMayChange(_ node: Node) {
        let known = context.axes.axes.map(\.name)
        guard let name = node.text, !known.contains(name) else { return }
        context.findings.add(
            node.place,
            "\(quoted(name)) is not an axis of this case" + suggestion(for: name, among: known))
    }

    // MARK: - Expansion

    private mutating func expand(_ workload: any Workload, _ settings: Settings) -> [Point] {
        let axes = context.axes.axes
        var count = 1
        for axis in axes {
            let (product, overflow) = count.multipliedReportingOverflow(by: axis.values.count)
            guard !overflow, product <= Self.pointCountMax else {
                context.findings.add(
                    root.entry("axes")?.keyPlace ?? .start,
                    "the axes make more than \(Self.pointCountMax) points")
                return []
            }
            count = product
        }
        var combination = Combination(axes: axes, indices: axes.map { _ in 0 })
        var points: [Point] = []
        var faultyPlaces: Set<Place> = []
        for _ in 0..<count {
            do throws(Fault) {
                if let point = try point(workload, settings, combination) { points.append(point) }
            } catch {
                // What is wrong in one combination is wrong in many: the first stands for all.
                if faultyPlaces.insert(error.place).inserted { context.findings.add(error) }
            }
            combination.advance()
        }
        if points.isEmpty, faultyPlaces.isEmpty {
            context.findings.add(workload.place, "no combination of the axes makes a point")
        }
        refuseEqualPoints(points, at: workload.place)
        return points
    }

    private func point(
        _ workload: any Workload, _ settings: Settings, _ combination: Combination
    ) throws(Fault) -> Point? {
        guard let draft = try workload.operation(at: combination) else { return nil }
        let operation: Operation
        do throws(OperatorCatalogue.Refusal) {
            operation = try context.catalogue.infer(draft)
        } catch {
            throw Fault(workload.place, error.message + combination.suffix)
        }
        var point = Point(
            caseID: "",
            parameters: zip(combination.axes, combination.indices).map {
                Parameter(axis: $0.name, value: $0.values[$1].name)
            },
            operation: operation, headline: workload.headline(at: combination))
        if let data = settings.data, let pattern = DataPattern(name: data.text(at: combination)) {
            point.data = pattern
        }
        if let cache = settings.cache, let state = CacheState(rawValue: cache.text(at: combination))
        {
            point.cache = state
        }
        if let timing = settings.timing,
            let mode = TimingMode(rawValue: timing.text(at: combination))
        {
            point.timing = mode
        }
        point.threads = settings.threads.flatMap { ThreadCount(name: $0.text(at: combination)) }
        if let tolerance = root["verify"]?["tolerance"]?.text { point.tolerance = tolerance }
        return point
    }

    /// Two points of one identity would be measured twice and recorded as one.
    private mutating func refuseEqualPoints(_ points: [Point], at place: Place) {
        var first: [Point: Int] = Dictionary(minimumCapacity: points.count)
        for (index, point) in points.enumerated() {
            var identity = point
            identity.parameters = []
            guard let earlier = first.updateValue(index, forKey: identity) else { continue }
            context.findings.add(
                place,
                "the points '\(points[earlier].valuesLabel)' and '\(point.valuesLabel)' are the "
                    + "same work")
            return
        }
    }
}

extension Combination {
    /// The next combination; the last axis varies fastest, and the end is followed by the start.
    fileprivate mutating func advance() {
        for axis in axes.indices.reversed() {
            indices[axis] += 1
            if indices[axis] < axes[axis].values.count { return }
            indices[axis] = 0
        }
    }
}

extension Point {
    /// The axis values for people, such as `types=f32 size=small`.
    var valuesLabel: String {
        parameters.map { "\($0.axis)=\($0.value)" }.joined(separator: " ")
    }
}
