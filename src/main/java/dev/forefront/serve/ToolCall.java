package dev.forefront.serve;

/**
 * A call that the model wrote, of a tool that there is.
 *
 * @param arguments a JSON object, as the model wrote it
 */
record ToolCall(String name, String arguments) {}
