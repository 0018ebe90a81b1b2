using Madang.Api;

namespace Madang.Accounts.Passwords;

/// <summary>How much work a password is. Tests of other things replace it by less; no setting can.</summary>
internal sealed record PasswordWork(int Rounds);

/// <summary>
/// Hashing takes a core for a tenth of a second. It happens on threads of its own, on half of the cores at most, so that two hundred people who sign in at once
/// do not stop the conversation of the others; who comes when the queue is at its bound is asked to come back.
/// </summary>
internal sealed class PasswordLane(PasswordWork work, int queueBound) : IDisposable
{
    private readonly SemaphoreSlim _turns = new(Math.Max(1, Environment.ProcessorCount / 2));
    private readonly string _dummy = PasswordHash.Dummy(work.Rounds);
    private int _waiting;

    /// <summary>For the metric.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    public Task<Result<string>> HashAsync(string password, CancellationToken cancellationToken) =>
        RunAsync(() => PasswordHash.Create(password, work.Rounds), cancellationToken);

    /// <param name="stored">Null for an account that is not there or has no password: takes the same time and is false.</param>
    public Task<Result<bool>> VerifyAsync(string? stored, string password, CancellationToken cancellationToken) =>
        RunAsync(() => PasswordHash.Verify(stored ?? _dummy, password) && stored is not null, cancellationToken);

    public bool IsOutdated(string stored) => PasswordHash.RoundsOf(stored) < work.Rounds;

    public void Dispose() => _turns.Dispose();

    private async Task<Result<T>> RunAsync<T>(Func<T> hash, CancellationToken cancellationToken)
    {
        try
        {
            if (Interlocked.Increment(ref _waiting) > queueBound)
            {
                return ApiErrors.Overloaded with { RetryAfter = TimeSpan.FromSeconds(5) };
            }

            await _turns.WaitAsync(cancellationToken);
            try
            {
                // A thread of its own, not the pool's: there are only as many as turns.
                return await Task.Factory.StartNew(hash, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            }
            finally
            {
                _turns.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }
}
