//! Builds the C side of the codec. libjpeg itself comes from `mozjpeg-sys`.

fn main() {
    println!("cargo:rerun-if-changed=src/codec/shim.c");
    println!("cargo:rerun-if-env-changed=PATH");
    let mut build = cc::Build::new();
    // Set by mozjpeg-sys, a direct dependency that links `jpeg`: where its headers are.
    if let Some(include) = std::env::var_os("DEP_JPEG_INCLUDE") {
        build.includes(std::env::split_paths(&include));
    }
    // Pixel work stays fast in a debug build too, as the profile asks for the rest of it.
    build
        .opt_level(2)
        .warnings(false)
        .file("src/codec/shim.c")
        .compile("phananh-photo-shim");
    let x86 = std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "x86_64" || arch == "x86");
    if x86 && std::process::Command::new("nasm").arg("-v").output().is_err() {
        println!(
            "cargo:warning=nasm is not installed: the JPEG codec is built without vector code, and slower for it"
        );
    }
}
