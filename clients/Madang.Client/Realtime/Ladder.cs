namespace Madang.Client.Realtime;

/// <summary>Which kind of line to try: a step down after two misses in a row, back to the top when nothing is reachable at all.</summary>
internal sealed class Ladder(IReadOnlyList<LineKind> kinds)
{
    private const int Patience = 2;
    private int _step;
    private int _misses;

    public LineKind Kind => kinds[_step];

    public bool IsAtTop => _step == 0;

    public void Held() => _misses = 0;

    public void Missed(bool isUnreachable)
    {
        if (isUnreachable)
        {
            ToTop();
        }
        else if (++_misses >= Patience && _step + 1 < kinds.Count)
        {
            (_step, _misses) = (_step + 1, 0);
        }
    }

    public void ToTop() => (_step, _misses) = (0, 0);
}
