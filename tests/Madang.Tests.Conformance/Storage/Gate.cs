namespace Madang.Tests.Conformance.Storage;

/// <summary>Holds a writer's thread inside a closure until the test opens it.</summary>
internal sealed class Gate : IDisposable
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ManualResetEventSlim _open = new();

    public Task Reached => _reached.Task;

    /// <summary>Called in the closure. A closure that runs again passes at once.</summary>
    public void Pass()
    {
        _ = _reached.TrySetResult();
        _open.Wait();
    }

    public void Open() => _open.Set();

    public void Dispose()
    {
        _open.Set();
        _open.Dispose();
    }
}
