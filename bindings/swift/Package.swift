// swift-tools-version: 6.0
import Foundation
import PackageDescription

// The generated code and its C headers are put beside these sources by `cargo xtask bindgen swift` and `test swift`;
// they are not committed. On Linux the library that Cargo built is linked; on Apple platforms the XCFramework.
let library = ProcessInfo.processInfo.environment["PHANANH_LIBRARY_DIR"] ?? "lib"
// The library of the tests carries the harness; the one that ships does not.
let harness = ProcessInfo.processInfo.environment["PHANANH_HARNESS"] != nil

#if os(Linux)
func header(_ name: String) -> Target {
    .target(
        name: name,
        path: "Sources/\(name)",
        linkerSettings: [
            .unsafeFlags(["-L", library, "-Xlinker", "-rpath", "-Xlinker", library, "-Xlinker", "--allow-shlib-undefined"]),
            .linkedLibrary(harness ? "phananh_harness" : "phananh_ffi"),
        ]
    )
}
#else
func header(_ name: String) -> Target {
    .binaryTarget(name: name, path: "\(name).xcframework")
}
#endif

let headers = harness ? ["phananh_ffiFFI", "phananh_harnessFFI"] : ["phananh_ffiFFI"]
let tests: [Target] = harness
    ? [.testTarget(name: "PhananhTests", dependencies: ["Phananh"], swiftSettings: [.swiftLanguageMode(.v6)])]
    : []

let package = Package(
    name: "Phananh",
    platforms: [.iOS(.v17), .macOS(.v14)],
    products: [.library(name: "Phananh", targets: ["Phananh"])],
    targets: headers.map(header) + [
        // Generated code: language mode 5, always.
        .target(
            name: "PhananhCore",
            dependencies: headers.map { .byName(name: $0) },
            swiftSettings: [.swiftLanguageMode(.v5)]
        ),
        .target(name: "Phananh", dependencies: ["PhananhCore"], swiftSettings: [.swiftLanguageMode(.v6)]),
    ] + tests
)
