package dev.forefront.release;

/** What becomes of a model that someone proposes for release. */
public sealed interface Proposal permits Proposed, Refused {}
