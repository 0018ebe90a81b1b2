using System.CommandLine;

namespace Madang.Commands;

/// <summary><c>madang notify</c>: what became of a notification, and a sandbox to try sending in. Each sub-verb is in a file of its own.</summary>
internal static class NotifyCommand
{
    public static void AddTo(RootCommand root) => root.Add(new Command("notify", "Notifications.") { NotifySendCommand.Create(), NotifySendCommand.Explain(), NotifySandboxCommand.Create(), NotifyBounceCommand.Create() });
}
