package dump

import "appraise/android/dump/lines"

// PerUser is how many uids a user has; FirstApp is the first of those that are apps', after the system's.
// Source: android.os.UserHandle.PER_USER_RANGE, android.os.Process.FIRST_APPLICATION_UID, FIRST_APP_ZYGOTE_ISOLATED_UID and FIRST_ISOLATED_UID.
const (
	PerUser       = 100_000
	FirstApp      = 10_000
	firstZygote   = 90_000
	firstIsolated = 99_000
)

// UID reads a uid as UserHandle.formatUid prints it: "1000", "u0a245" (app), "u10s1000" (system), "u0i3" (isolated),
// "u0ai3" (isolated, of an app's zygote).
func UID(text []byte) (int, bool) {
	if len(text) == 0 || text[0] != 'u' {
		uid, ok := lines.Small(text)
		return uid, ok && uid >= 0
	}
	end := 1
	for end < len(text) && '0' <= text[end] && text[end] <= '9' {
		end++
	}
	user, ok := lines.Small(text[1:end])
	start := end
	for end < len(text) && 'a' <= text[end] && text[end] <= 'z' {
		end++
	}
	app, number := lines.Small(text[end:])
	base := 0
	switch string(text[start:end]) {
	case "a":
		base = FirstApp
	case "s":
	case "i":
		base = firstIsolated
	case "ai":
		base = firstZygote
	default:
		return 0, false
	}
	if !ok || !number || app < 0 || base+app >= PerUser || user > (1<<31-1)/PerUser-1 {
		return 0, false
	}
	return user*PerUser + base + app, true
}
