package dev.forefront.audit;

import java.time.Instant;
import tools.jackson.databind.JsonNode;

/**
 * One line of the log.
 *
 * @param number from 0, without gaps
 * @param time when it was written, by the clock of the machine
 * @param kind what happened, such as {@code reply}; {@code log}, {@code checkpoint} and {@code
 *     recovered} are the log's own
 * @param fields a JSON object; read it, do not change it
 * @param hash SHA-256 of the line before its own hash, in hex; the next line repeats it
 */
public record Entry(long number, Instant time, String kind, JsonNode fields, String hash) {}
