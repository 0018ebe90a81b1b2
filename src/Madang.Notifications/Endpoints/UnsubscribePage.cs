using Madang.Notifications.Categories;
using Madang.Notifications.Templates.Html;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.DependencyInjection;

namespace Madang.Notifications.Endpoints;

internal enum UnsubscribeStep
{
    Ask = 1,
    Done,
    Impossible,
    Unknown,
}

/// <summary>The page behind the link of a mail, in Korean and English: no script, no cookie, one button. By whichever of the two the browser names first.</summary>
internal static class UnsubscribePage
{
    public static ContentHttpResult Show(HttpContext context, UnsubscribeStep step, string? category)
    {
        var languages = context.Request.Headers.AcceptLanguage.ToString();
        var (korean, english) = (languages.IndexOf("ko", StringComparison.OrdinalIgnoreCase), languages.IndexOf("en", StringComparison.OrdinalIgnoreCase));
        var isKorean = korean >= 0 && (english < 0 || korean < english);
        var title = category is null ? "" : context.RequestServices.GetRequiredService<CategoryBook>().FindOrPlain(category).Titles.GetValueOrDefault(isKorean ? "ko" : "en", category);
        var name = HtmlText.Encode(title);
        var (heading, text) = (step, isKorean) switch
        {
            (UnsubscribeStep.Ask, true) => ("이런 메일을 그만 받으시겠어요?", $"종류: {name}"),
            (UnsubscribeStep.Ask, false) => ("Stop receiving these mails?", $"Kind: {name}"),
            (UnsubscribeStep.Done, true) => ("더 이상 보내지 않습니다", $"종류: {name}. 설정에서 언제든 다시 켤 수 있습니다."),
            (UnsubscribeStep.Done, false) => ("You will get no more of these mails", $"Kind: {name}. You can switch them on again in your settings."),
            (UnsubscribeStep.Impossible, true) => ("끌 수 없는 메일입니다", $"{name} 메일은 계정을 지키는 데 필요합니다."),
            (UnsubscribeStep.Impossible, false) => ("These mails cannot be switched off", $"{name}: your account needs them."),
            (_, true) => ("알 수 없는 링크입니다", "메일에 있는 링크를 그대로 열어 주세요."),
            _ => ("This link is not known", "Open it exactly as it stands in the mail."),
        };
        var button = step == UnsubscribeStep.Ask
            ? $"<form method=\"post\"><input type=\"hidden\" name=\"List-Unsubscribe\" value=\"One-Click\"><button>{(isKorean ? "그만 받기" : "Unsubscribe")}</button></form>"
            : "";
        var headers = context.Response.Headers;
        headers.CacheControl = "no-store";
        headers["X-Robots-Tag"] = "noindex";
        headers.ContentSecurityPolicy = "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
        return TypedResults.Content(
            $"""
             <!doctype html>
             <html lang="{(isKorean ? "ko" : "en")}">
             <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{heading}</title></head>
             <body><main><h1>{heading}</h1><p>{text}</p>{button}</main></body>
             </html>

             """,
            "text/html; charset=utf-8",
            statusCode: step == UnsubscribeStep.Unknown ? StatusCodes.Status404NotFound : StatusCodes.Status200OK);
    }
}
