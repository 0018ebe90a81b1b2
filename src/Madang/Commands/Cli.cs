using System.CommandLine;
using System.CommandLine.Invocation;

namespace Madang.Commands;

/// <summary>Runs a command line with the exit codes that we promise: 0 done, 1 failed, 2 wrong usage or settings, 130 interrupted. Never a stack trace.</summary>
internal static class Cli
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int Usage = 2;

    /// <summary>A crawl that Ctrl+C stopped before its end, as shells count it.</summary>
    public const int Interrupted = 130;

    public static async Task<int> RunAsync(RootCommand root, string[] args)
    {
        var parsed = root.Parse(args);
        // The library would end with 1 and print the whole help.
        if (parsed.Action is ParseErrorAction wrong)
        {
            wrong.ShowHelp = false;
            await parsed.InvokeAsync(new InvocationConfiguration { Output = Console.Error });
            Console.Error.WriteLine("madang --help lists the verbs and flags.");
            return Usage;
        }

        try
        {
            // The host handles SIGTERM and Ctrl+C by itself, gracefully.
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (CliException refused)
        {
            Say.Error(refused.Message);
            return refused.ExitCode;
        }
        catch (OperationCanceledException)
        {
            return Failed;
        }
        // The last catch of the program: whoever types a command gets a sentence; MADANG_TRACE=1 shows the rest to who develops.
        catch (Exception fault)
        {
            Say.Error(Environment.GetEnvironmentVariable("MADANG_TRACE") == "1" ? fault.ToString() : fault.Message);
            return Failed;
        }
    }
}

/// <summary>Ends a command with a sentence for a person.</summary>
internal sealed class CliException(string message, int exitCode = Cli.Failed) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
