namespace Madang.Jobs;

/// <summary>A payload that its worker does not understand. The job is dead at once: another attempt would read the same.</summary>
public sealed class JobPayloadException(string message, Exception? inner = null) : Exception(message, inner);
