namespace Madang.Tests.Browser;

/// <summary>What the page calls its parts, in the person's language: the names that assistive technology reads.</summary>
internal sealed record Words(string Name, string Password, string Begin, string SignIn, string Composer, string Send, string NewChat, string SearchPeople, string StartChat, string Log, string Rooms)
{
    public static readonly Words English = new("Login name", "Password", "Begin", "Sign in", "Message", "Send", "New chat", "Search people", "Start chat", "Messages", "Rooms");
    public static readonly Words Korean = new("로그인 이름", "비밀번호", "시작하기", "로그인", "메시지", "보내기", "새 대화", "사람 찾기", "대화 시작", "메시지", "대화방 목록");

    public static Words Of(Look look) => look.Locale.StartsWith("ko", StringComparison.Ordinal) ? Korean : English;
}
