namespace Madang.Sandbox;

/// <summary>The faults that are switched on, looked through for each request in order: latencies add up, and the first rule with an effect ends it.</summary>
/// <param name="seed">Makes rates repeatable.</param>
public sealed class Faults(int seed = 1)
{
    private readonly Lock _gate = new();
    private readonly Random _chance = new(seed);
    private List<Rule> _rules = [];

    public IReadOnlyList<FaultRule> Rules
    {
        get
        {
            lock (_gate)
            {
                return [.. _rules.Select(rule => rule.Left is { } left ? rule.Fault with { Next = left } : rule.Fault)];
            }
        }
    }

    /// <summary>Requests that met a fault.</summary>
    public long Injected { get; private set; }

    /// <summary>From now on these and no others.</summary>
    public void Set(params IEnumerable<FaultRule> rules)
    {
        lock (_gate)
        {
            _rules = [.. rules.Select(rule => new Rule(rule))];
        }
    }

    /// <summary>What this request meets; null for nothing.</summary>
    /// <param name="stage">Of a dialogue of several steps: the one it is at.</param>
    public FaultRule? Meet(string device, string stage = FaultRule.LastStage)
    {
        lock (_gate)
        {
            var latency = 0;
            foreach (var rule in _rules)
            {
                if (!rule.Holds(device, stage, _chance))
                {
                    continue;
                }

                latency += rule.Fault.LatencyMs;
                if (rule.Fault.Status is not null || rule.Fault.Effect != FaultEffect.None)
                {
                    Injected++;
                    return rule.Fault with { LatencyMs = latency };
                }
            }

            return latency > 0 ? new FaultRule { LatencyMs = latency } : null;
        }
    }

    private sealed class Rule(FaultRule fault)
    {
        private long _seen;

        public FaultRule Fault { get; } = fault;

        public int? Left { get; private set; } = fault.Next;

        public bool Holds(string device, string stage, Random chance)
        {
            if (Left <= 0 || stage != (Fault.Stage ?? FaultRule.LastStage) || (Fault.Device is { } only && only != device) || (Fault.Every is > 0 and var every && ++_seen % every != 0) || (Fault.Rate < 1 && chance.NextDouble() >= Fault.Rate))
            {
                return false;
            }

            Left--;
            return true;
        }
    }
}
