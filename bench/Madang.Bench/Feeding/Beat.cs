using System.Diagnostics;
using System.Threading.Channels;

namespace Madang.Bench.Feeding;

/// <summary>
/// When each request of an open loop is due, told when it is: by the clock and not by answers. On a thread of its own, since timers tick every four
/// milliseconds here and would make a burst of what is due in between; this one wakes every millisecond.
/// </summary>
internal static class Beat
{
    public static ChannelReader<TimeSpan> Start(Stopwatch clock, int rate, TimeSpan until, CancellationToken cancellationToken)
    {
        var dues = Channel.CreateUnbounded<TimeSpan>();
        new Thread(() =>
        {
            using var never = new ManualResetEventSlim();
            for (var i = 0L; !cancellationToken.IsCancellationRequested; i++)
            {
                var due = TimeSpan.FromSeconds(i / (double)rate);
                if (due >= until)
                {
                    break;
                }

                while (due > clock.Elapsed)
                {
                    never.WaitHandle.WaitOne(1);
                }

                dues.Writer.TryWrite(due);
            }

            dues.Writer.Complete();
        })
        { IsBackground = true }.Start();
        return dues.Reader;
    }
}
