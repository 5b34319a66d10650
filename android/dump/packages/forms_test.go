package packages

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOldPackages(t *testing.T) {
	got := Read(packageText("  Package [com.example.old] (41f2a3b0):", "    userId=10063 gids=[3003, 1015]", "    versionCode=7 targetSdk=19",
		"    pkgFlags=[ HAS_CODE ]", "    User 0:  installed=true hidden=false stopped=false notLaunched=false enabled=2",
		"    grantedPermissions:", "      android.permission.READ_SMS", "      android.permission.INTERNET"))
	pkg := got.Packages[0]
	if pkg.UID != 10063 || pkg.VersionCode != 7 || pkg.TargetSDK != 19 || pkg.Users[0].Enabled != 2 || len(pkg.Install) != 2 || !pkg.Install[0].Granted {
		t.Errorf("%+v", pkg)
	}
}

func TestSignatureHashes(t *testing.T) {
	for _, test := range []struct {
		text, hash string
		past       []string
	}{
		{"PackageSignatures{a232edd [d7f1f224]}", "d7f1f224", nil},
		{"PackageSignatures{9b4033c version:2, signatures:[51ed3f60], past signatures:[]}", "51ed3f60", nil},
		{"PackageSignatures{9b version:3, signatures:[1, 2f], past signatures:[abc flags: 17, 51ed3f60 flags: 23]}", "1,2f", []string{"abc", "51ed3f60"}},
		{"PackageSignatures{9b version:0, signatures:[], past signatures:[]}", "", nil},
		{"null", "", nil},
	} {
		hash, past := signatureHashes([]byte(test.text))
		if hash != test.hash || !cmp.Equal(past, test.past) {
			t.Errorf("%s: got %q %v, want %q %v", test.text, hash, past, test.hash, test.past)
		}
	}
}

func TestList(t *testing.T) {
	list, _ := List([]byte("package:com.a.b\npackage:/data/app/~~x==/com.a.b-y==/base.apk=com.a.b  installer=null uid:10245,1010245\npackage:/data/app/a uid:7 b=c/base.apk=com.a.c versionCode:12 uid:10246\n"))
	wantList := []Listed{{Name: "com.a.b", UID: -1}, {Name: "com.a.b", Path: "/data/app/~~x==/com.a.b-y==/base.apk", UID: 10245}, {Name: "com.a.c", Path: "/data/app/a uid:7 b=c/base.apk", UID: 10246}}
	if diff := cmp.Diff(wantList, list); diff != "" {
		t.Errorf("packages (-want +got)\n%s", diff)
	}
}
