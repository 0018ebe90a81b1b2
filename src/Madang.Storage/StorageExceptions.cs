namespace Madang.Storage;

/// <summary>The disk is full. The edge answers 507 <c>storage_full</c>.</summary>
public sealed class StorageFullException(Exception? inner = null) : Exception("The disk is full.", inner);

/// <summary>A queue is at its bound. The edge answers 503 <c>overloaded</c>.</summary>
public sealed class OverloadedException(string queue) : Exception($"The queue '{queue}' is at its bound.");

/// <summary>The schema on disk is not one that this program may touch. Startup ends with the message.</summary>
public sealed class SchemaException(string message) : Exception(message);

/// <summary>
/// The database server cannot be reached, or the line broke during a commit, so that nobody knows whether it happened. The edge answers 503;
/// the caller repeats with the same client id.
/// </summary>
public sealed class UnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Another process owns the data folder. Startup ends with the message.</summary>
public sealed class FolderTakenException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The disk failed under us (EIO, a failed fsync, corruption): no write is acknowledged any more and the process ends.</summary>
public sealed class StorageBrokenException(Exception inner) : Exception($"The storage failed: {inner.Message}", inner);
