(self.storefront=fetch(document.currentScript.dataset.wasm)).catch(()=>{})
