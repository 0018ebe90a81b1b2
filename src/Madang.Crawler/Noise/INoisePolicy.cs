namespace Madang.Crawler.Noise;

/// <summary>Tells how little a page is worth reading, from 0 (fine) to 100 (nothing but noise). Called on several threads at once.</summary>
internal interface INoisePolicy
{
    NoiseVerdict Judge(in PageFacts facts);
}
