//! Bahasa Indonesia.

use super::Texts;

pub(super) const TEXTS: Texts = Texts {
    pay: "Bayar sekarang",
    pay_amount: "Bayar",
    resume: "Lanjutkan pembayaran",
    retry: "Coba lagi",
    restart: "Mulai lagi",
    hosted: "Bayar di halaman Midtrans",
    check: "Cek status pembayaran",
    checking: "Memeriksa…",
    close: "Tutup jendela pembayaran",
    reopen: "Buka lagi jendela pembayaran",
    copy: "Salin",
    copied: "Tersalin",
    copy_failed: "Tidak bisa disalin. Tandai nomornya lalu salin sendiri.",
    pdf: "Petunjuk cara bayar (PDF)",
    amount: "Jumlah yang harus dibayar",
    pay_before: "Bayar sebelum",
    virtual_account: "Nomor virtual account",
    payment_code: "Kode pembayaran",
    bill_key: "Kode tagihan (bill key)",
    biller_code: "Kode perusahaan (biller code)",
    reference: "Kode bantuan",
    secured: "Pembayaran diproses oleh Midtrans",
    local: "Mode simulasi: tidak ada uang sungguhan",
    sandbox: "Mode uji coba: tidak ada uang sungguhan",

    preparing: ("Menyiapkan pembayaran…", ""),
    slow: ("Koneksi sedang lambat", "Kami masih mencoba. Tidak perlu menekan lagi."),
    opening: ("Membuka jendela pembayaran…", ""),
    open: ("Selesaikan pembayaran di jendela Midtrans", "Jendelanya tidak muncul? Pilih salah satu di bawah ini."),
    closed: ("Pembayaran belum selesai", "Pesanan Anda masih tersimpan. Lanjutkan kapan pun Anda siap."),
    confirming: ("Memastikan pembayaran Anda…", "Biasanya hanya beberapa detik. Jangan membayar lagi."),
    unconfirmed: (
        "Kabar dari bank belum sampai",
        "Kalau Anda sudah membayar, jangan membayar lagi. Cek lagi sebentar lagi, atau hubungi toko.",
    ),
    asking: ("Memeriksa status pesanan…", ""),
    pending: (
        "Menunggu pembayaran Anda",
        "Bayar dengan nomor di bawah ini. Halaman ini berubah sendiri begitu uangnya diterima.",
    ),
    pending_wallet: (
        "Menunggu pembayaran Anda",
        "Selesaikan di aplikasi Anda. Halaman ini berubah sendiri begitu uangnya diterima.",
    ),
    review: ("Pembayaran sedang diperiksa", "Bank atau toko sedang memeriksanya. Anda tidak perlu membayar lagi."),
    handed_over: ("Pembayaran dilanjutkan di halaman Midtrans", "Setelah selesai, kembali ke halaman ini."),
    paid: ("Pembayaran berhasil", "Terima kasih! Toko sudah menerima pembayaran Anda."),
    reported: (
        "Pembayaran terkirim",
        "Midtrans menerima pembayaran Anda. Toko akan mengabari begitu sudah dipastikan.",
    ),

    expired: ("Waktu pembayaran habis", "Tidak ada uang yang diambil. Buat pesanan baru kalau masih ingin membeli."),
    cancelled: ("Pesanan dibatalkan", "Buat pesanan baru kalau masih ingin membeli."),
    refunded: ("Uang Anda dikembalikan", "Toko sudah mengembalikan pembayaran ini."),
    charged_back: (
        "Pembayaran ditarik kembali",
        "Bank penerbit kartu menarik kembali pembayaran ini. Hubungi toko kalau ada pertanyaan.",
    ),
    reversed: (
        "Pembayaran dibatalkan oleh bank",
        "Bank membatalkan pembayaran ini. Hubungi toko sebelum membayar lagi.",
    ),

    offline: ("Anda sedang offline", "Periksa koneksi internet Anda, lalu coba lagi."),
    no_popup: (
        "Jendela pembayaran tidak bisa dibuka",
        "Mungkin terhalang pemblokir iklan atau koneksi. Matikan pemblokirnya, lalu coba lagi.",
    ),
    no_popup_hosted: (
        "Jendela pembayaran tidak bisa dibuka",
        "Tidak apa-apa: Anda tetap bisa membayar di halaman Midtrans, untuk pesanan yang sama.",
    ),
    unavailable: ("Toko sedang tidak bisa dihubungi", "Coba lagi sebentar lagi. Anda belum ditagih."),
    refused: (
        "Pesanan ini belum bisa diproses",
        "Periksa lagi isi keranjang dan data Anda, lalu coba lagi. Anda belum ditagih.",
    ),
    already_paying: (
        "Pesanan ini sudah atau sedang dibayar",
        "Jangan membayar lagi. Tunggu sebentar lalu coba lagi, atau hubungi toko.",
    ),
    misconfigured: (
        "Pembayaran belum siap",
        "Ada pengaturan toko yang keliru. Silakan hubungi toko. Anda belum ditagih.",
    ),
    declined: (
        "Pembayaran belum berhasil",
        "Bank atau dompet digital tidak meneruskannya. Coba lagi, atau pilih cara bayar lain.",
    ),
};
