using System.Data;
using Madang.Storage;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Madang.Postgres;

/// <summary>
/// One session that writes, in the hands of one dedicated thread. It reruns what lost a conflict, and repeats over a new connection what
/// certainly did not commit.
/// </summary>
internal sealed partial class WriterSession(NpgsqlDataSource source, WriterContext context) : IDisposable
{
    /// <summary>Deadlocks and serialisation failures are rerun this often before the caller is told to come back later.</summary>
    private const int MaxAttempts = 10;

    private NpgsqlConnection? _connection;

    /// <summary>Runs the work in a transaction of its own; when this returns it is durable and its publications are told.</summary>
    /// <param name="writes">How many writes share it, for the metrics.</param>
    public T Run<T>(Func<PostgresTx, T> work, long queuedAt, int writes = 1)
    {
        for (var attempt = 1; ; attempt++)
        {
            var committing = false;
            try
            {
                var connection = Connect();
                using var transaction = connection.BeginTransaction(IsolationLevel.ReadCommitted);
                var tx = new PostgresTx(connection, transaction, context.Now());
                var result = work(tx);
                committing = true;
                var commitAt = context.Time.GetTimestamp();
                transaction.Commit();
                context.Metrics.Committed(writes, context.Time.GetElapsedTime(commitAt));
                context.Tell(tx.Said);
                return result;
            }
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure)
            {
                LogConflict(context.Log, attempt, e.SqlState, e.MessageText);
                context.Metrics.Rerun();
                if (attempt == MaxAttempts)
                {
                    throw new OverloadedException("database conflicts");
                }
            }
            catch (RerunException e)
            {
                LogConflict(context.Log, attempt, e.Conflict.SqlState, e.Conflict.MessageText);
                context.Metrics.Rerun();
                if (attempt == MaxAttempts)
                {
                    throw new OverloadedException("database conflicts");
                }
            }
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.DiskFull)
            {
                throw new StorageFullException(e);
            }
            catch (NpgsqlException e) when (IsLost(e))
            {
                Drop();
                LogLost(context.Log, committing, e.Message);
                if (committing)
                {
                    throw new UnavailableException("The connection broke during a commit; nobody knows whether it happened.", e);
                }

                // From the moment it was queued, so that a long queue does not add up.
                if (context.Time.GetElapsedTime(queuedAt) > context.Patience || context.Stopping.IsCancellationRequested)
                {
                    throw new UnavailableException("The database server cannot be reached.", e);
                }

                context.Metrics.Rerun();
            }

            Pause(attempt);
        }
    }

    public void Dispose() => Drop();

    private NpgsqlConnection Connect() => _connection ??= source.OpenConnection();

    private void Drop()
    {
        _connection?.Dispose();
        _connection = null;
    }

    // Without a connection nothing was sent: whatever Open failed with is "not yet". Class 57P is the server going down or coming up.
    private bool IsLost(NpgsqlException e) =>
        _connection is not { State: ConnectionState.Open } || e.SqlState is ['5', '7', 'P', ..] or ['0', '8', ..];

    // Full jitter, 2 ms doubling up to 1 s: two that deadlocked do not meet again.
    private void Pause(int attempt) =>
        context.Stopping.WaitHandle.WaitOne(Random.Shared.Next(1, Math.Min(1000, 2 << Math.Min(attempt, 9)) + 1));

    [LoggerMessage(Level = LogLevel.Debug, Message = "Transaction lost a conflict (attempt {Attempt}, {SqlState}): {Reason}")]
    private static partial void LogConflict(ILogger log, int attempt, string sqlState, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Writer session lost its connection (committing: {Committing}): {Reason}")]
    private static partial void LogLost(ILogger log, bool committing, string reason);
}

/// <summary>Another transaction was first, as it never should be; run again, this one sees what that one wrote. Nothing of this one stays.</summary>
internal sealed class RerunException(PostgresException conflict) : Exception(conflict.MessageText, conflict)
{
    public PostgresException Conflict => conflict;
}
