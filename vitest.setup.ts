import fc from "fast-check";

/** Property tests try the same cases everywhere; another `FC_SEED` tries others, and one that fails becomes a case. */
fc.configureGlobal({ seed: Number(process.env["FC_SEED"] ?? 20_261_120) });
