using System.Text;

namespace Madang.Bench.Sites;

/// <summary>
/// Sentences in English and Korean, made once from a seed and then only copied. Half of the words are the common ones of the language, the rest
/// are drawn from thousands of made-up ones, so that two pages that share no sentence share little else.
/// </summary>
internal sealed class Prose
{
    public const int Sentences = 4096;

    private const string Common =
        "the of and to in a is that for it as was with be by on not he his but at are this have from or had an they which one you were all her she there would their we him been has when who will no more if out so up said what its about than into them can only other time new some could these two may first then do any like my now over such our man me even most made after also did many off before must well back through years much where your way down should because long each just state people those too mr how little good world make very year still see own work men day get here old life both between being under three never know same last another while us might great go come since against right came take used";

    private const string CommonKorean =
        "그리고 하지만 그러나 그래서 우리 사람 시간 오늘 마당 사람들이 있다 없다 했다 한다 되었다 것이다 것은 위해 대한 때문에 많은 다른 모든 새로운 좋은 작은 큰 이번 지난 다음 함께 다시 이미 아직 매우 가장 조금 더욱 서울 부산 학교 회사 집에서 길에서 아침 저녁 여름 겨울 봄 가을 물 불 나무 꽃 하늘 땅 바람 비 눈 책 글 말 노래 그림 이야기 마음 생각 문제 방법 결과 시작 끝 처음 나라 도시 마을 시장 음식 밥 김치 친구 가족 아이 어머니 아버지 형 누나 동생 선생님 학생 일 놀이 여행 기차 버스 자동차 전화 컴퓨터 뉴스 신문 방송 영화 음악 운동 축구 야구 건강 병원 약 의사";

    private static readonly string[] Onsets = ["b", "br", "c", "cl", "d", "dr", "f", "g", "gr", "h", "k", "l", "m", "n", "p", "pr", "r", "s", "st", "t", "tr", "v", "w"];
    private static readonly string[] Rhymes = ["a", "an", "ar", "e", "el", "en", "er", "i", "in", "is", "o", "on", "or", "ou", "u", "um"];
    private static readonly string[] Particles = ["", "", "은", "이", "을", "에", "의", "로", "와", "도", "에서", "까지"];

    private readonly byte[][] _english;
    private readonly byte[][] _korean;

    public Prose(ulong seed)
    {
        var state = Seeded.Mix(seed, 0x7072_6F73);
        Words = Enumerable.Range(0, 8000).Select(_ => Word(ref state)).ToArray();
        var korean = Enumerable.Range(0, 8000).Select(_ => Syllables(ref state)).ToArray();
        var common = Common.Split(' ');
        var commonKorean = CommonKorean.Split(' ');
        _english = new byte[Sentences][];
        _korean = new byte[Sentences][];
        for (var i = 0; i < Sentences; i++)
        {
            _english[i] = Sentence(ref state, common, Words, particles: null);
            _korean[i] = Sentence(ref state, commonKorean, korean, Particles);
        }
    }

    /// <summary>Made-up words of lower-case ASCII letters, for slugs and titles.</summary>
    public IReadOnlyList<string> Words { get; }

    /// <summary>UTF-8, ends with a full stop and a space.</summary>
    public ReadOnlySpan<byte> Sentence(bool korean, ulong random) => (korean ? _korean : _english)[Seeded.Below(random, Sentences)];

    public string Slug(ulong random) =>
        $"{Words[Seeded.Below(random, Words.Count)]}-{Words[Seeded.Below(Seeded.Mix(random), Words.Count)]}";

    private static string Word(ref ulong state)
    {
        var word = new StringBuilder();
        for (var i = 2 + Seeded.Below(Seeded.Next(ref state), 2); i > 0; i--)
        {
            word.Append(Onsets[Seeded.Below(Seeded.Next(ref state), Onsets.Length)]).Append(Rhymes[Seeded.Below(Seeded.Next(ref state), Rhymes.Length)]);
        }

        return word.ToString();
    }

    private static string Syllables(ref ulong state)
    {
        var word = new StringBuilder();
        for (var i = 2 + Seeded.Below(Seeded.Next(ref state), 2); i > 0; i--)
        {
            // A Hangul syllable is 0xAC00 + (initial × 21 + vowel) × 28 + final (Unicode 3.12); finals none, ㄴ, ㄹ, ㅁ, ㅇ.
            var (initial, vowel) = (Seeded.Below(Seeded.Next(ref state), 19), Seeded.Below(Seeded.Next(ref state), 21));
            var final = (ReadOnlySpan<int>)[0, 0, 4, 8, 16, 21];
            word.Append((char)(0xAC00 + (initial * 21 + vowel) * 28 + final[Seeded.Below(Seeded.Next(ref state), final.Length)]));
        }

        return word.ToString();
    }

    private static byte[] Sentence(ref ulong state, string[] common, IReadOnlyList<string> rare, string[]? particles)
    {
        var sentence = new StringBuilder();
        for (var words = 8 + Seeded.Below(Seeded.Next(ref state), 9); words > 0; words--)
        {
            if ((Seeded.Next(ref state) & 1) == 0)
            {
                sentence.Append(common[Seeded.Below(Seeded.Next(ref state), common.Length)]);
            }
            else
            {
                sentence.Append(rare[Seeded.Below(Seeded.Next(ref state), rare.Count)]);
                sentence.Append(particles?[Seeded.Below(Seeded.Next(ref state), particles.Length)]);
            }

            sentence.Append(words == 1 ? ". " : " ");
        }

        sentence[0] = char.ToUpperInvariant(sentence[0]);
        return Encoding.UTF8.GetBytes(sentence.ToString());
    }
}
