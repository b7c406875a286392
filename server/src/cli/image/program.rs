//! What this program cannot run without: the libraries that it has loaded, and the one that loads them.

use std::{collections::BTreeSet, fs, io, path::Path};

use slipway_registry::FreshFile;

use super::file;

/// The libraries, where they are on this machine; none for a program that brings them itself.
pub(super) fn libraries() -> io::Result<Vec<FreshFile>> {
    let program = fs::read(std::env::current_exe()?)?;
    let Some(loader) = interpreter(&program) else { return Ok(Vec::new()) };
    let mapped = mapped(&fs::read_to_string("/proc/self/maps")?);
    // The loader has two names: the one that programs ask for, and the one by which it is mapped.
    let paths = mapped.into_iter().filter(|path| Path::new(path).is_file()).chain([loader]);
    paths.collect::<BTreeSet<_>>().into_iter().map(|path| Ok(file(&path, fs::read(&path)?, 0o755))).collect()
}

/// The shared libraries among what a process has in its memory, as the kernel tells it.
fn mapped(maps: &str) -> BTreeSet<String> {
    let paths = maps.lines().filter_map(|line| Some(&line[line.find('/')?..]));
    let is_library = |path: &&str| {
        let name = path.rsplit('/').next().unwrap_or_default();
        Path::new(name).extension().is_some_and(|ending| ending == "so") || name.contains(".so.")
    };
    paths.filter(is_library).map(str::to_owned).collect()
}

/// Who loads the libraries of a program, as its header says: the segment PT_INTERP of a 64-bit ELF file.
fn interpreter(program: &[u8]) -> Option<String> {
    const INTERPRETER: u64 = 3;
    let number = |at: usize, width: usize| {
        let bytes = program.get(at..at.checked_add(width)?)?;
        Some(bytes.iter().rev().fold(0_u64, |number, byte| (number << 8) | u64::from(*byte)))
    };
    let place = |at, width| usize::try_from(number(at, width)?).ok();
    if program.get(..5)? != b"\x7fELF\x02" {
        return None;
    }
    let (table, width, count) = (place(0x20, 8)?, place(0x36, 2)?, place(0x38, 2)?);
    let mut segments = (0..count).map(|index| table.saturating_add(index.saturating_mul(width)));
    let found = segments.find(|at| number(*at, 4) == Some(INTERPRETER))?;
    let (from, length) = (place(found + 8, 8)?, place(found + 32, 8)?);
    let text = program.get(from..from.checked_add(length)?)?;
    Some(String::from_utf8_lossy(text).trim_end_matches('\0').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d24_libraries_are_read_from_what_the_kernel_tells_of_a_process() {
        let maps = "\
7f00-7f01 r--p 00000000 fe:00 1  /usr/lib/x86_64-linux-gnu/libc.so.6
7f01-7f02 r-xp 00026000 fe:00 1  /usr/lib/x86_64-linux-gnu/libc.so.6
7f02-7f03 r-xp 00000000 fe:00 2  /usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2
5500-5501 r-xp 00000000 fe:00 3  /usr/bin/slipway
7f04-7f05 rw-p 00000000 00:00 0
7f06-7f07 r-xp 00000000 00:00 0  [vdso]
7f08-7f09 rw-s 00000000 fe:00 4  /data/slipway.db-shm
";
        let found: Vec<String> = mapped(maps).into_iter().collect();
        assert_eq!(
            found,
            ["/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2", "/usr/lib/x86_64-linux-gnu/libc.so.6"]
        );
    }

    #[test]
    fn d24_what_is_no_program_and_a_program_that_needs_nobody_have_no_loader() {
        assert_eq!(interpreter(b"#!/bin/sh"), None);
        assert_eq!(interpreter(b""), None);
        let mut cut = vec![0; 64];
        cut[..5].copy_from_slice(b"\x7fELF\x02");
        cut[0x20..0x28].fill(0xff);
        cut[0x38] = 2;
        assert_eq!(interpreter(&cut), None);
    }
}
