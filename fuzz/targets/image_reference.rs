#![no_main]

use slipway_domain::image::ImageRef;

// What was read and is written again means the same.
libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(image) = ImageRef::parse(text) {
        assert_eq!(ImageRef::parse(&image.to_string()), Ok(image));
    }
});
