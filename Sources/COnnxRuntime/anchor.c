/* The header is all this target holds: the library itself is loaded at run time (Inference/Runtime.swift). */
