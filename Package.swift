// swift-tools-version: 6.3
// Assay: a hardware benchmark harness. ARCHITECTURE.md says what each target is for.

import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

/// Tests: `#expect` expands to unmarked unsafe code, so strict memory safety is off.
let strictTests: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let argumentParser = Target.Dependency.product(
    name: "ArgumentParser", package: "swift-argument-parser")

func library(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(
        name: name, dependencies: dependencies + ["TestSupport"], swiftSettings: strictTests)
}

let package = Package(
    name: "assay",
    products: [
        .executable(name: "assay", targets: ["assay"]),
        .executable(name: "assay-worker", targets: ["assay-worker"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    ],
    targets: [
        // C: the plug-in ABI, system calls the Glibc module lacks, and system libraries.
        .target(name: "AssayABI"),
        .target(name: "CAssaySystem"),
        .systemLibrary(name: "CHwloc", pkgConfig: "hwloc", providers: [.apt(["libhwloc-dev"])]),
        .systemLibrary(name: "CNuma", pkgConfig: "numa", providers: [.apt(["libnuma-dev"])]),

        // Values and pure computation.
        library("Model", []),
        library("Statistics", []),
        library("Operators", ["Model"]),
        library("LaunchProtocol", ["Model"]),

        // Inside the worker process.
        library("Backends", ["AssayABI", "Model"]),
        library("Measurement", ["Model", "Statistics", "CAssaySystem"]),
        library("Telemetry", []),

        // Inside the harness process.
        library("Bundle", ["Model", crypto]),
        library("Cases", ["Model", "Operators", yams]),
        library("Planning", ["Model", "Operators", "Bundle"]),
        library("Machine", ["Model", "CHwloc", "CNuma", "CAssaySystem"]),
        library("Judgement", ["Model", "Statistics", "Bundle"]),
        library("Reports", ["Model"]),
        library("Power", ["Model", "CAssaySystem"]),
        library(
            "Runner",
            [
                "Model", "LaunchProtocol", "Planning", "Operators", "Bundle", "Statistics",
                "CAssaySystem",
            ]),

        // Backends linked into the worker.
        .target(
            name: "CPUSIMDKernels", path: "vendors/cpu-simd/Kernels",
            cSettings: [.unsafeFlags(["-O3", "-fno-math-errno"])]),
        .target(
            name: "CPUSIMD", dependencies: ["AssayABI", "CPUSIMDKernels"],
            path: "vendors/cpu-simd/Swift", swiftSettings: strict),
        .target(
            name: "BLAS", dependencies: ["AssayABI"], path: "vendors/blas",
            exclude: ["manifest.json"]),
        .target(
            name: "NullBackend", dependencies: ["AssayABI"], path: "vendors/null",
            exclude: ["manifest.json"]),

        // Programs.
        .executableTarget(
            name: "assay",
            dependencies: [
                "Runner", "Cases", "Planning", "Judgement", "Reports", "Machine", "Bundle",
                "Power", "Operators", "Model", "CAssaySystem", argumentParser,
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "assay-worker",
            dependencies: [
                "LaunchProtocol", "Backends", "Measurement", "Telemetry", "Operators", "Model",
                "AssayABI", "CAssaySystem", "CNuma", "CPUSIMD", "CPUSIMDKernels", "BLAS",
                "NullBackend",
            ],
            swiftSettings: strict),

        // Tests.
        .executableTarget(
            name: "conformance",
            dependencies: ["Operators", "Model", "Backends", "AssayABI", "CPUSIMD", "BLAS"],
            path: "Tests/Conformance", swiftSettings: strictTests),
        tests("TidyTests", ["Judgement"]),
        tests("ModelTests", ["Model"]),
        tests("StatisticsTests", ["Statistics"]),
        tests("OperatorsTests", ["Operators", "Model"]),
        tests("LaunchProtocolTests", ["LaunchProtocol", "Model"]),
        tests("BackendsTests", ["Backends", "AssayABI", "Model"]),
        tests("AssayABITests", ["AssayABI"]),
        tests("CPUSIMDTests", ["CPUSIMD", "CPUSIMDKernels", "AssayABI", "Operators", "Model"]),
        tests("MeasurementTests", ["Measurement", "Statistics", "Model"]),
        tests("TelemetryTests", ["Telemetry"]),
        tests("BundleTests", ["Bundle", "Model"]),
        tests("CasesTests", ["Cases", "Model"]),
        tests("PlanningTests", ["Planning", "Operators", "Bundle", "Model"]),
        tests("MachineTests", ["Machine", "Model"]),
        tests("JudgementTests", ["Judgement", "Statistics", "Bundle", "Model"]),
        tests("ReportsTests", ["Reports", "Model"]),
        tests("PowerTests", ["Power", "Statistics", "Model"]),
        tests("RunnerTests", ["Runner", "Model"]),
        tests("EndToEndTests", ["Model"]),
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strictTests),
    ])
