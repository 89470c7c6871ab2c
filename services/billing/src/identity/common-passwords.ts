/** Those that are guessed first, of eight characters and more, in lower case; from the lists of leaked ones that are published each year. */
export const commonPasswords: ReadonlySet<string> = new Set(
  `
    00000000 000000000000 0123456789 10203040 102030405060 11111111 111111111111 11223344 112233445566
    121212121212 123123123 123123123123 12341234 1234512345 123456781234 1234567890 123456789012 12345678910
    1234567891011 123456789123 123456789a 123456abc 1234qwer 123654789 123qweasd 123qweasdzxc 147258369 159753456
    19841984 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx 1qaz2wsx3edc 1qaz2wsx3edc4rfv 20242024 20252025 741852963
    789456123 987654321 a12345678 a123456789 a1b2c3d4 a1b2c3d4e5 a1b2c3d4e5f6 aa123456 aa12345678 abc12345
    abc123456 abc123456789 abcd1234 abcd12345 admin123 admin1234 admin12345 admin123456 adminadmin administrator
    administrator1 administrator123 asdf1234 asdfasdf asdfghjk asdfghjkl asdfghjkl123 asdfjkl; asdfqwer autumn2025
    autumn2026 baseball baseball1 baseball123 blessed123 changeme changeme1 changeme12 changeme123 changeme1234
    changemenow charlie1 charlie123 chelsea123 computer computer1 computer123 correcthorsebatterystaple corvette
    december2025 default1 default123 demo1234 demodemo dragon123 facebook1 facebook123 football football1
    football123 fuckyou1 fuckyou123 googlegoogle guest1234 ilovemyself1 iloveyou iloveyou1 iloveyou12 iloveyou123
    iloveyou1234 iloveyou2 iloveyousomuch internet internet1 internet123 january2026 jennifer jesus12345
    jesuschrist letmein1 letmein12 letmein123 letmein1234 letmeinletmein liverpool liverpool1 loveyou123
    manchester master123 michelle microsoft1 minecraft minecraft1 minecraft123 monkey123 mustang1 mypassword
    mypassword1 mypassword123 mypassword1234 newpassword newpassword1 newpassword123 november2025 oldpassword123
    p@ssw0rd p@ssw0rd1 p@ssw0rd123 p@ssword p@ssword123 p@ssword1234 passw0rd passw0rd1 passw0rd123 password!
    password01 password1 password1! password12 password123 password123! password1234 password12345 password123456
    password2024 password2025 password2026 passwordpassword pokemon123 princess princess1 princess123 q1w2e3r4
    q1w2e3r4t5 q1w2e3r4t5y6 qazwsxedc qazwsxedcrfv qwer1234 qwerty12 qwerty123 qwerty1234 qwerty12345 qwerty123456
    qwertyqwerty qwertyui qwertyuiop qwertyuiop123 qwertyuiopasdfgh root1234 rootroot samsung123 secret12
    secret123 secret1234 shadow123 spring2025 spring2026 starwars starwars1 starwars123 summer2024 summer2025
    summer2026 sunshine sunshine1 sunshine123 superman superman1 superman123 supersecret supersecret1
    supersecret123 temp1234 temporary1 temppassword temppassword1 test1234 test12345 testpassword testpassword1
    testpassword123 testtest testtest123 thisisapassword toor1234 topsecret123 trustno1 user1234 user12345
    welcome1 welcome12 welcome123 welcome1234 welcome12345 welcome2024 welcome2025 welcome2026 whatever whatever1
    whatthehell winter2024 winter2025 winter2026 yourpassword zaq12wsx zxcvbnm1 zxcvbnm123
  `
    .trim()
    .split(/\s+/),
);
