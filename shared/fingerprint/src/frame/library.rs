//! Which calls belong to a runtime or a framework: they say less about the failure than the application's calls.

use crate::bytes::find;

/// Names that begin like this belong to a runtime or a framework.
const LIBRARY_NAMES: &[&[u8]] = &[
    b"java.",
    b"javax.",
    b"jdk.",
    b"sun.",
    b"com.sun.",
    b"jakarta.",
    b"org.springframework.",
    b"org.apache.",
    b"org.hibernate.",
    b"org.eclipse.",
    b"org.junit.",
    b"org.jboss.",
    b"io.netty.",
    b"io.grpc.",
    b"io.vertx.",
    b"reactor.",
    b"kotlin.",
    b"kotlinx.",
    b"scala.",
    b"akka.",
    b"com.fasterxml.",
    b"com.zaxxer.",
    b"org.postgresql.",
    b"com.mysql.",
    b"com.google.common.",
    b"okhttp3.",
    b"System.",
    b"Microsoft.",
    b"Newtonsoft.",
    b"std::",
    b"core::",
    b"alloc::",
    b"tokio::",
    b"hyper::",
    b"tower::",
    b"axum::",
    b"futures",
    b"rust_begin_unwind",
    b"__rust",
    b"__libc",
    b"_start",
    b"<core::",
    b"<alloc::",
    b"<std::",
    b"runtime.",
    b"net/http.",
    b"internal/",
    b"testing.",
    b"reflect.",
    b"syscall.",
    b"panic(",
    b"process.processTicksAndRejections",
    b"Module.",
    b"node:",
    b"start_thread",
    b"clone",
];

/// Files in these folders belong to a runtime or a library.
const LIBRARY_FILES: &[&[u8]] = &[
    b"node_modules",
    b"node:",
    b"internal/",
    b"site-packages",
    b"dist-packages",
    b"/lib/python",
    b"<frozen",
    b"/gems/",
    b"/lib/ruby",
    b"/usr/local/go/",
    b"/go/pkg/mod/",
    b"/rustc/",
    b".cargo/registry",
    b"<anonymous>",
    b"<internal:",
    b"NativeMethod",
];

pub(super) fn is_library(name: &[u8], file: &[u8]) -> bool {
    // Functions that are made while the program runs have another name every time.
    let made = [
        b"$Proxy".as_slice(),
        b"$$Lambda",
        b"GeneratedMethodAccessor",
        b"CGLIB$$",
        b"$$FastClass",
        b"ByteBuddy$",
    ];
    if made.iter().any(|m| find(name, m).is_some()) || find(file, b"<generated>").is_some() {
        return true;
    }
    let name = name.strip_prefix(b"<").unwrap_or(name);
    LIBRARY_NAMES.iter().any(|l| name.starts_with(l)) || LIBRARY_FILES.iter().any(|l| find(file, l).is_some())
}
