//! The shop's own words; the component brings its own.

use snap_checkout::text::Language;
use snap_checkout::wire::merchant::OrderStatus;

pub struct Words {
    pub brand: &'static str,
    pub other_language: &'static str,
    pub footer: &'static str,
    pub local: &'static str,
    pub sandbox: &'static str,
    pub simulator: &'static str,
    pub loading: &'static str,
    pub shop_lost: &'static str,
    pub retry: &'static str,
    pub headline: &'static str,
    pub lead: &'static str,
    pub add: &'static str,
    pub fewer: &'static str,
    pub more: &'static str,
    pub cart: &'static str,
    pub cart_empty: &'static str,
    pub total: &'static str,
    pub name: &'static str,
    pub email: &'static str,
    pub phone: &'static str,
    pub optional: &'static str,
    pub see_order: &'static str,
    pub shop_on: &'static str,
    pub next_order: &'static str,
    pub order: &'static str,
    pub order_unknown: &'static str,
    pub order_lost: &'static str,
    pub back: &'static str,
    status: [&'static str; 7],
}

impl Words {
    pub fn status(&self, status: &OrderStatus) -> &'static str {
        let [waiting, review, paid, denied, over, refunded, unknown] = self.status;
        match status {
            OrderStatus::Created | OrderStatus::Pending => waiting,
            OrderStatus::Review => review,
            OrderStatus::Paid => paid,
            OrderStatus::Denied => denied,
            OrderStatus::Expired | OrderStatus::Cancelled => over,
            OrderStatus::Refunded
            | OrderStatus::PartiallyRefunded
            | OrderStatus::ChargedBack
            | OrderStatus::Reversed => refunded,
            OrderStatus::Unknown(_) => unknown,
        }
    }
}

pub fn words(language: Language) -> &'static Words {
    match language {
        Language::Indonesian => &INDONESIAN,
        Language::English => &ENGLISH,
    }
}

static INDONESIAN: Words = Words {
    brand: "Pasar Nusantara",
    other_language: "English",
    footer: "Toko contoh. Harga sudah termasuk pajak.",
    local: "Toko ini memakai gateway lokal: semua pembayaran hanya simulasi.",
    sandbox: "Toko ini memakai sandbox Midtrans: tidak ada uang sungguhan.",
    simulator: "Buka simulator",
    loading: "Memuat toko…",
    shop_lost: "Toko sedang tidak bisa dihubungi.",
    retry: "Coba lagi",
    headline: "Dari perajin, langsung ke rumah Anda",
    lead: "Oleh-oleh dan kerajinan pilihan dari Aceh sampai Manado.",
    add: "Tambah ke keranjang",
    fewer: "Kurangi",
    more: "Tambah",
    cart: "Keranjang",
    cart_empty: "Keranjang masih kosong. Pilih barang dulu, ya.",
    total: "Total",
    name: "Nama",
    email: "Email",
    phone: "Nomor HP",
    optional: "opsional",
    see_order: "Lihat pesanan",
    shop_on: "Belanja lagi",
    next_order: "Keranjang sudah berubah. Buat pesanan baru",
    order: "Pesanan",
    order_unknown: "Pesanan ini tidak ditemukan. Periksa lagi tautannya.",
    order_lost: "Status pesanan belum bisa diambil.",
    back: "Kembali ke toko",
    status: [
        "Menunggu pembayaran",
        "Sedang diperiksa",
        "Lunas",
        "Pembayaran ditolak",
        "Tidak jadi dibayar",
        "Dikembalikan",
        "Sedang diproses",
    ],
};

static ENGLISH: Words = Words {
    brand: "Pasar Nusantara",
    other_language: "Bahasa Indonesia",
    footer: "A sample shop. Prices include tax.",
    local: "This shop uses a local gateway: all payments are simulated.",
    sandbox: "This shop uses the Midtrans sandbox: no real money moves.",
    simulator: "Open the simulator",
    loading: "Loading the shop…",
    shop_lost: "The shop cannot be reached right now.",
    retry: "Try again",
    headline: "From the makers, straight to your home",
    lead: "Gifts and crafts picked from Aceh to Manado.",
    add: "Add to cart",
    fewer: "Fewer",
    more: "More",
    cart: "Cart",
    cart_empty: "Your cart is empty. Pick something first.",
    total: "Total",
    name: "Name",
    email: "Email",
    phone: "Mobile number",
    optional: "optional",
    see_order: "See the order",
    shop_on: "Keep shopping",
    next_order: "Your cart has changed. Place a new order",
    order: "Order",
    order_unknown: "This order was not found. Please check the link.",
    order_lost: "The order's status could not be fetched.",
    back: "Back to the shop",
    status: [
        "Waiting for payment",
        "Being reviewed",
        "Paid",
        "Payment declined",
        "Not paid",
        "Returned",
        "In progress",
    ],
};
