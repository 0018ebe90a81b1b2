namespace Madang.Crawler.Noise;

/// <summary>
/// Tells how little a page is worth reading, from 0 (fine) to 100 (nothing but noise). Called once for each page, on several threads at once, on the thread that reads it.
/// One of your own takes the place of the built-in one: <c>services.AddSingleton&lt;INoisePolicy, MyNoise&gt;()</c>.
/// </summary>
public interface INoisePolicy
{
    /// <param name="facts">What was counted while the page was read.</param>
    NoiseVerdict Judge(in PageFacts facts);
}
