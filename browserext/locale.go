package browserext

import (
	"errors"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"appraise/browserext/laxjson"
	"appraise/internal/limits"
)

// catalogue resolves __MSG_name__ from _locales/<default_locale>/messages.json, as Chrome's
// extension_l10n_util and message_bundle do: names without regard to case, placeholders once and not
// again inside what they gave, unknown names left as they stand.
type catalogue struct {
	reader *reader
	locale string
	root   laxjson.Value
	loaded bool
}

var (
	localeName  = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)
	messageName = regexp.MustCompile(`__MSG_([A-Za-z0-9@_]+?)__`)
	placeholder = regexp.MustCompile(`\$([A-Za-z0-9@_]+)\$`)
	argument    = regexp.MustCompile(`\$[1-9]`)
)

// expand returns the text with its messages put in, cut to limits.MessageBytes.
func (c *catalogue) expand(text string) string {
	if !strings.Contains(text, "__MSG_") {
		return text
	}
	budget := limits.MessageBytes
	return messageName.ReplaceAllStringFunc(text, func(token string) string {
		out, ok := c.message(messageName.FindStringSubmatch(token)[1])
		if !ok || len(out) > budget {
			return token
		}
		budget -= len(out)
		return out
	})
}

func (c *catalogue) message(name string) (string, bool) {
	if strings.EqualFold(name, "@@ui_locale") {
		return c.locale, true
	}
	c.load()
	entry, ok := fold(c.root, name)
	if !ok {
		return "", false
	}
	text, ok := entry.Get("message")
	if !ok || text.Kind != laxjson.String || len(text.Text) > limits.MessageBytes {
		return "", false
	}
	holders, _ := entry.Get("placeholders")
	budget := limits.MessageBytes
	out := placeholder.ReplaceAllStringFunc(text.Text, func(token string) string {
		holder, _ := fold(holders, strings.Trim(token, "$"))
		content, ok := holder.Get("content")
		if !ok || content.Kind != laxjson.String || len(content.Text) > budget {
			return token
		}
		budget -= len(content.Text)
		return argument.ReplaceAllString(content.Text, "")
	})
	return strings.ReplaceAll(out, "$$", "$"), true
}

// fold finds a member without regard to case; the last one counts.
func fold(object laxjson.Value, name string) (laxjson.Value, bool) {
	for i := len(object.Members) - 1; i >= 0; i-- {
		if strings.EqualFold(object.Members[i].Name, name) {
			return object.Members[i].Value, true
		}
	}
	return laxjson.Value{}, false
}

// load reads the messages once: of the default locale, in Chrome's spelling (en_US) or in the one that
// Firefox also takes (en-US), else of its language alone. A missing file leaves the raw tokens; one that
// is there and can't be read hides the name a person sees.
func (c *catalogue) load() {
	if c.loaded {
		return
	}
	c.loaded = true
	locale := strings.ReplaceAll(c.locale, "-", "_")
	language, _, _ := strings.Cut(locale, "_")
	for _, folder := range []string{locale, strings.ReplaceAll(locale, "_", "-"), language} {
		if !localeName.MatchString(folder) {
			continue
		}
		file := path.Join("_locales", folder, "messages.json")
		text, err := c.reader.files.Read(file, limits.JSONBytes)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		var doc *laxjson.Document
		if err == nil {
			doc, err = laxjson.Parse(text)
		}
		if err != nil {
			c.reader.item.AddProblem(problem(file, err, true))
			return
		}
		c.root = doc.Root
		return
	}
}
