namespace Madang.Webhooks.Sending;

/// <summary>
/// How many requests at once one endpoint gets from this node, so that a slow one holds up no other. Who finds no place is told when to come back: the row of those
/// who wait, at the pace that the endpoint shows.
/// </summary>
internal sealed class EndpointPlaces(int each)
{
    private static readonly TimeSpan s_shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<EndpointId, Row> _rows = [];

    /// <summary>False and how long to wait, when all places are taken.</summary>
    public bool TryEnter(EndpointId endpoint, out TimeSpan wait)
    {
        lock (_gate)
        {
            if (!_rows.TryGetValue(endpoint, out var row))
            {
                _rows[endpoint] = row = new Row();
            }

            if (row.Taken < each)
            {
                row.Taken++;
                // The row shortens by whoever gets in; those who stand in it come back late rather than early.
                row.Waiting = Math.Max(0, row.Waiting - 1);
                wait = default;
                return true;
            }

            row.Waiting++;
            var ahead = row.Pace * row.Waiting / each;
            wait = ahead < s_shortest ? s_shortest : ahead > s_longest ? s_longest : ahead;
            return false;
        }
    }

    public void Leave(EndpointId endpoint, TimeSpan took)
    {
        lock (_gate)
        {
            var row = _rows[endpoint];
            row.Pace = (row.Pace * 0.75) + (took * 0.25);
            if (--row.Taken == 0 && row.Waiting == 0)
            {
                _rows.Remove(endpoint);
            }
        }
    }

    private sealed class Row
    {
        public int Taken;
        public int Waiting;
        public TimeSpan Pace = TimeSpan.FromMilliseconds(100);
    }
}
