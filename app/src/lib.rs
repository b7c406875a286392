//! What a person sees: pages, islands, the ui kit, server functions.
