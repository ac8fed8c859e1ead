// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]

let package = Package(
    name: "customization-history",
    products: [.executable(name: "history", targets: ["HistoryCommand"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.0"),
    ],
    targets: [
        .executableTarget(
            name: "HistoryCommand",
            dependencies: [
                "GuestCustomization", "HistoryConfiguration", "HistoryEvidence", "HistoryStore", "Malloc", "PathTrust",
                "ReportRendering",
                "VCenterClient", "VCenterSimulator",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: strict),
        // Not "Configuration": async-http-client brings a module of that name.
        .target(
            name: "HistoryConfiguration",
            dependencies: [
                "GuestCustomization", "PathTrust",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "Yams", package: "Yams"),
            ],
            swiftSettings: strict),
        .target(
            name: "VCenterClient",
            dependencies: [
                "GuestCustomization", "HistoryConfiguration", "Zlib",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOTLS", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "X509", package: "swift-certificates"),
            ],
            swiftSettings: strict),
        .target(
            name: "HistoryStore",
            dependencies: [
                "DefensiveSQLite", "GuestCustomization", "HistoryEvidence", "Migrations", "PathTrust",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: strict),
        .target(
            name: "HistoryEvidence",
            dependencies: [.product(name: "Crypto", package: "swift-crypto")],
            swiftSettings: strict),
        .target(
            name: "ReportRendering",
            dependencies: ["GuestCustomization", .product(name: "Crypto", package: "swift-crypto")],
            resources: [
                .embedInCode("Failing/failing.schema.json"), .embedInCode("HTML/report.css"),
                .embedInCode("HTML/report.js"),
                .embedInCode("JSON/report.schema.json"), .embedInCode("Notification/notify.schema.json"),
                .embedInCode("PostgreSQL/create.sql"),
                .embedInCode("PostgreSQL/load.sql"), .embedInCode("PostgreSQL/stage.sql"),
            ],
            swiftSettings: strict),
        .target(
            name: "VCenterSimulator",
            dependencies: [
                "GuestCustomization", "Zlib",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "X509", package: "swift-certificates"),
            ],
            swiftSettings: strict),
        .target(
            name: "GuestCustomization",
            swiftSettings: strict),
        .target(
            name: "PathTrust",
            swiftSettings: strict),
        .systemLibrary(name: "Malloc"),
        .systemLibrary(name: "Zlib"),
        .target(name: "DefensiveSQLite", dependencies: [.product(name: "GRDBSQLite", package: "GRDB.swift")]),
        .target(
            name: "Migrations",
            path: "migrations",
            resources: [
                .embedInCode("0001_history.sql"), .embedInCode("0002_views.sql"), .embedInCode("0003_evidence.sql"),
                .embedInCode("0004_retention.sql"), .embedInCode("0005_notification.sql"),
                .embedInCode("0006_events.sql"), .embedInCode("0007_attributes.sql"),
            ],
            swiftSettings: strict),

        .target(
            name: "TestSupport",
            dependencies: [
                "GuestCustomization",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Subprocess", package: "swift-subprocess"),
            ],
            path: "Tests/TestSupport",
            swiftSettings: strict),
        .testTarget(
            name: "GuestCustomizationTests", dependencies: ["GuestCustomization", "ReportRendering", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "HistoryEvidenceTests", dependencies: ["HistoryEvidence", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "PathTrustTests", dependencies: ["PathTrust", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "HistoryConfigurationTests",
            dependencies: ["GuestCustomization", "HistoryConfiguration", "TestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "VCenterClientTests",
            dependencies: [
                "BombCorpus", "HistoryConfiguration", "TestSupport", "VCenterClient", "VCenterSimulator",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "X509", package: "swift-certificates"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "HistoryStoreTests",
            dependencies: [
                "HistoryStore", "Migrations", "TestSupport", "UncountedSQLite",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "StoreBenchmark",
            dependencies: ["GuestCustomization", "HistoryStore", "PlainInserts", "TestSupport"],
            path: "Tests/StoreBenchmark",
            swiftSettings: strict),
        .target(
            name: "BombCorpus", dependencies: ["TestSupport"], path: "Tests/BombCorpus",
            swiftSettings: strict),
        .executableTarget(
            name: "BombBenchmark",
            dependencies: [
                "BombCorpus", "GuestCustomization", "HistoryConfiguration", "TestSupport", "VCenterClient",
                "VCenterSimulator",
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Tests/BombBenchmark",
            swiftSettings: strict),
        .target(
            name: "PlainInserts",
            dependencies: [.product(name: "GRDBSQLite", package: "GRDB.swift")],
            path: "Tests/PlainInserts"),
        .target(
            name: "UncountedSQLite",
            dependencies: [.product(name: "GRDBSQLite", package: "GRDB.swift")],
            path: "Tests/UncountedSQLite"),
        .testTarget(
            name: "ReportRenderingTests",
            dependencies: [
                "GuestCustomization", "ReportRendering", "TestSupport",
                .product(name: "Crypto", package: "swift-crypto"),
            ],
            exclude: ["Golden"],
            swiftSettings: strict),
        .testTarget(
            name: "VCenterSimulatorTests",
            dependencies: [
                "GuestCustomization", "TestSupport", "VCenterSimulator",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "GuestCustomization", "HistoryCommand", "HistoryStore", "TestSupport", "VCenterSimulator",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Subprocess", package: "swift-subprocess"),
            ],
            swiftSettings: strict),
    ]
)
