package dev.forefront.release;

/** What the gate says. There is no third outcome, and no answer means no. */
public sealed interface Decision permits Admitted, Refused {}
