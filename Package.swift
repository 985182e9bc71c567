// swift-tools-version: 6.2
import PackageDescription

let mutantDependencies: [Target.Dependency] = [
    "AudioCore", "Files", "MediaIO", "Inference", "ModelLibrary", "Pipeline", "Configuration", "Evaluation", "Store",
    "Commands", "TestSupport",
]

// Arrows point down: a target may import only what is named beside it; `make check` refuses anything else.
let package = Package(
    name: "HyperAudio",
    products: [
        .executable(name: "hyperaudio", targets: ["hyperaudio"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        // C headers and system libraries. ONNX Runtime and DeepFilterNet are loaded at run time: headers only.
        .target(name: "COnnxRuntime"),
        .target(name: "CDeepFilter"),
        .systemLibrary(
            name: "CFFmpeg", pkgConfig: "libavformat libavcodec libavutil libswresample",
            providers: [
                .apt([
                    "libavformat-dev", "libavcodec-dev", "libavutil-dev", "libswresample-dev",
                ])
            ]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),

        .target(name: "AudioCore"),
        .target(name: "Files", dependencies: ["CZlib", "CCrypto"]),
        .target(name: "MediaIO", dependencies: ["AudioCore", "Files", "CFFmpeg"]),
        .target(name: "Inference", dependencies: ["AudioCore", "Files", "COnnxRuntime"]),
        .target(
            name: "SpeechModels", dependencies: ["AudioCore", "Files", "Inference", "CDeepFilter"],
            resources: [.copy("Resources")]),
        .target(name: "ModelLibrary", dependencies: ["AudioCore", "Files"], resources: [.copy("Manifests")]),
        .target(
            name: "Pipeline", dependencies: ["AudioCore", "Files"],
            resources: [
                .embedInCode("Report/Page/page.html"), .embedInCode("Report/Page/page.css"),
                .embedInCode("Report/Page/page.js"), .embedInCode("Report/Page/tokens.css"),
                .embedInCode("Listening/listen.html"), .embedInCode("Listening/listen.css"),
                .embedInCode("Listening/listen.js"), .embedInCode("Play/compare.html"),
                .embedInCode("Play/compare.css"), .embedInCode("Play/compare.js"),
            ]),
        .target(
            name: "Configuration",
            dependencies: [
                "AudioCore", "Files", "Pipeline", "SpeechModels", .product(name: "Yams", package: "Yams"),
            ]),
        .target(
            name: "Evaluation",
            dependencies: ["AudioCore", "Files", "Pipeline", .product(name: "Yams", package: "Yams")]),
        .target(
            name: "Store",
            dependencies: ["AudioCore", "Files", "Pipeline", .product(name: "GRDB", package: "GRDB.swift")]),
        .target(
            name: "Commands",
            dependencies: [
                "AudioCore", "Files", "MediaIO", "Inference", "SpeechModels", "ModelLibrary", "Pipeline",
                "Configuration", "Evaluation", "Store",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Yams", package: "Yams"),
            ]),
        .executableTarget(name: "hyperaudio", dependencies: ["Commands"]),
        // Makes SpeechModels/Resources/lock-map.bin; no part of the product.
        .executableTarget(
            name: "TrainLockMap", dependencies: ["AudioCore", "Files", "MediaIO", "Inference", "SpeechModels"]),

        .target(name: "TestSupport", dependencies: ["AudioCore"], path: "Tests/TestSupport"),
        .testTarget(name: "AudioCoreTests", dependencies: ["AudioCore", "TestSupport"]),
        .testTarget(name: "FilesTests", dependencies: ["Files", "CZlib", "TestSupport"]),
        .testTarget(name: "MediaIOTests", dependencies: ["MediaIO", "AudioCore", "TestSupport"]),
        .testTarget(
            name: "InferenceTests", dependencies: ["Inference", "AudioCore", "Files", "TestSupport"]),
        .testTarget(
            name: "SpeechModelsTests",
            dependencies: ["SpeechModels", "Inference", "MediaIO", "AudioCore", "Files", "TestSupport"]),
        .testTarget(name: "PipelineTests", dependencies: ["Pipeline", "MediaIO", "AudioCore", "Files", "TestSupport"]),
        .testTarget(
            name: "ConfigurationTests",
            dependencies: ["Configuration", "Pipeline", "SpeechModels", "AudioCore", "Files", "TestSupport"]),
        .testTarget(
            name: "EvaluationTests",
            dependencies: ["Evaluation", "Pipeline", "MediaIO", "AudioCore", "Files", "TestSupport"],
            resources: [.copy("Golden")]),
        .testTarget(
            name: "StoreTests",
            dependencies: [
                "Store", "Pipeline", "AudioCore", "Files", .product(name: "GRDB", package: "GRDB.swift"), "TestSupport",
            ]),
        .testTarget(
            name: "CommandsTests",
            dependencies: [
                "Commands", "Configuration", "Evaluation", "Store", "ModelLibrary", "Pipeline", "AudioCore", "Files",
                "TestSupport",
            ]),
        .testTarget(
            name: "MutantTests", dependencies: mutantDependencies, exclude: ["Fuzz.swift"],
            resources: [.copy("Seeds")]),
    ],
    swiftLanguageModes: [.v6]
)

// `make fuzz`: the same readers, called by libFuzzer.
if Context.environment["HYPERAUDIO_FUZZ"] != nil {
    package.targets.removeAll { $0.type == .test }
    package.targets.append(
        .executableTarget(
            name: "fuzz", dependencies: mutantDependencies, path: "Tests/MutantTests", exclude: ["MutantTests.swift"],
            resources: [.copy("Seeds")],
            swiftSettings: [.define("FUZZING")],
            // The default linker stumbles over what the fuzzer's library carries.
            linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])]))
}

// Warnings are errors in our own targets; dependencies are their makers' business.
for target in package.targets where target.type != .system {
    target.swiftSettings = (target.swiftSettings ?? []) + [.treatAllWarnings(as: .error)]
}
