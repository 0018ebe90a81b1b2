namespace Madang.Bench.Sites;

/// <summary>Choices that depend on nothing but their names: the same seed and place always give the same number (SplitMix64's finaliser).</summary>
internal static class Seeded
{
    public static ulong Mix(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    public static ulong Mix(ulong seed, ulong a, ulong b = 0, ulong c = 0) => Mix(Mix(Mix(Mix(seed) ^ a) ^ b) ^ c);

    /// <summary>A number below <paramref name="bound"/>.</summary>
    public static int Below(ulong random, int bound) => (int)((UInt128)random * (ulong)bound >> 64);

    /// <summary>The next of a row of numbers.</summary>
    public static ulong Next(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15;
        return Mix(state);
    }
}
